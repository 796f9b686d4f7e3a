"""Something bad never happens: StatefulSets and DaemonSets against a world that crashes, dawdles and changes its mind.

The world has pods that become ready or never do, break, vanish some time after they are ended, or leave a container
behind. A crash carries out only a part of a decision; the record is written before any of it, unless it is lost. Every
promise is checked at every single thing that is done.
"""

from dataclasses import dataclass, field, replace

from hypothesis import given
from hypothesis import strategies as st

from gitpod_sync.controllers.decide import decide
from gitpod_sync.controllers.decision import Decision, EndPod, NewPod
from gitpod_sync.controllers.pod.pod_state import Phase, PodState
from gitpod_sync.controllers.stateful_set.stable_identity import POD_INDEX, place_name
from gitpod_sync.controllers.versions import wanted_version
from gitpod_sync.controllers.view import WorkloadView
from gitpod_sync.model.base.instance import ENDING_SUFFIX
from gitpod_sync.model.base.int_or_percent import IntOrPercent
from gitpod_sync.model.base.meta import ObjectMeta
from gitpod_sync.model.engine.container import ContainerConfig
from gitpod_sync.model.engine.observed import ContainerStatus, ObservedContainer
from gitpod_sync.model.engine.pods import ObservedPod, PodIdentity
from gitpod_sync.model.pods.hashing import template_hash
from gitpod_sync.model.pods.pod import Container, PodSpec, PodTemplate
from gitpod_sync.model.records.records import Record
from gitpod_sync.model.workloads.daemon_sets import DaemonRolling, DaemonSet, DaemonSetSpec, DaemonUpdate
from gitpod_sync.model.workloads.rollouts import UpdateType
from gitpod_sync.model.workloads.stateful_sets import (
    Ordinals,
    PodManagement,
    StatefulRolling,
    StatefulSet,
    StatefulSetSpec,
    StatefulUpdate,
)
from tests.support.examples import examples

META = ObjectMeta(name="db", labels={"app": "db"})
BROKEN = "db:broken"
"""Pods with this image never become ready."""

IMAGES = [BROKEN, "db:1", "db:2"]
Workload = StatefulSet | DaemonSet


def template(image: str) -> PodTemplate:
    return PodTemplate(PodSpec((Container("main", image),)), ObjectMeta(labels={"app": "db"}))


@dataclass
class World:
    """Pods by UID, names of pods that left a container behind, the record, and a clock that the test winds."""

    now: float = 1000.0
    made: int = 0
    pods: dict[str, PodState] = field(default_factory=dict)
    orphans: set[str] = field(default_factory=set)
    record: Record | None = None

    def decide(self, workload: Workload) -> Decision:
        states = sorted(self.pods.values(), key=lambda state: (state.pod.identity.name, state.pod.identity.uid))
        names = {state.pod.identity.name for state in states}
        orphaned = bool(self.orphans)
        return decide(
            workload, WorkloadView(states, names, self.now, orphaned, self.record, orphans=sorted(self.orphans))
        )

    def present(self) -> list[str]:
        """The names of everything that is there, however little of it."""
        return [state.pod.identity.name for state in self.pods.values()] + sorted(self.orphans)

    def standing(self) -> dict[str, PodState]:
        return {
            state.pod.identity.name: state for state in self.pods.values() if not state.pod.ending and not state.lost
        }

    def create(self, new: NewPod, decision: Decision) -> None:
        self.made += 1
        uid = f"u{self.made:04}"
        identity = PodIdentity("default", new.name, uid, decision.workload, new.template, new.template_hash)
        sandbox = ObservedContainer(
            uid, new.name, ContainerConfig("sandbox", "pods"), ContainerStatus.RUNNING, created_at=self.now
        )
        self.pods[uid] = PodState(pod=ObservedPod(identity, sandbox), phase=Phase.PENDING, containers=())

    def end(self, end: EndPod) -> None:
        uid = end.pod.identity.uid
        state = self.pods[uid]
        assert state.pod.sandbox
        marked = replace(state.pod.sandbox, name=state.pod.sandbox.name + ENDING_SUFFIX)
        self.pods[uid] = replace(state, pod=replace(state.pod, sandbox=marked), ready_since=None)

    def befall(self, choice: str, index: int) -> None:
        """Something happens to one pod, or time passes."""
        self.now += 1
        uids = sorted(self.pods)
        uid = uids[index % len(uids)] if uids else ""
        match choice:
            case "ready" if uid:
                self.make_ready(uid)
            case "calm":
                self.calm_down()
            case "broken" if uid:
                self.pods[uid] = replace(self.pods[uid], ready_since=None)
            case "lost" if uid and not self.pods[uid].pod.ending:
                self.pods[uid] = replace(self.pods[uid], lost="its sandbox has stopped", ready_since=None)
            case "vanish" if uid and self.pods[uid].pod.ending:
                del self.pods[uid]
            case "orphan" if uid:
                self.orphans.add(self.pods.pop(uid).pod.identity.name)
            case "no orphans":
                self.orphans.clear()
            case "forget":
                self.record = None
            case _:
                pass

    def calm_down(self) -> None:
        """All that is on its way out is gone, and what can become ready is."""
        self.orphans.clear()
        for uid, state in sorted(self.pods.items()):
            if state.pod.ending or state.lost:
                del self.pods[uid]
            else:
                self.make_ready(uid)
        self.now += 10

    def make_ready(self, uid: str) -> None:
        state = self.pods[uid]
        works = state.pod.identity.template.spec.containers[0].image != BROKEN
        if works and not state.ready and not state.pod.ending and not state.lost:
            self.pods[uid] = replace(state, phase=Phase.RUNNING, ready_since=self.now)

    def settle(self, workload: Workload, rounds: int = 200) -> Decision:
        """No more faults: pods that can become ready do, endings come to their end."""
        for _ in range(rounds):
            decision = self.decide(workload)
            self.record = decision.record
            if decision.status.complete and not decision.create and not decision.end:
                return decision
            for end in decision.end:
                self.end(end)
            for new in decision.create:
                self.create(new, decision)
            self.calm_down()
        raise AssertionError(f"not settled: {decision}")


MISHAPS = st.lists(
    st.tuples(
        st.sampled_from(
            [*["calm"] * 6, "ready", "broken", "lost", "vanish", "vanish", "orphan", "no orphans", "crash"]
        ),
        st.integers(0, 40),
    ),
    max_size=30,
)
COUNTS = st.one_of(
    st.integers(1, 4).map(IntOrPercent), st.integers(1, 100).map(lambda p: IntOrPercent(p, percent=True))
)


@st.composite
def stateful_sets(draw: st.DrawFn, policy: PodManagement) -> StatefulSet:
    """One commit's idea of the set. What cannot change while it lives does not."""
    rolling = StatefulRolling(draw(st.integers(0, 5)), draw(COUNTS))
    update = StatefulUpdate(draw(st.sampled_from([*UpdateType, UpdateType.ROLLING_UPDATE])), rolling)
    return StatefulSet(
        META,
        StatefulSetSpec(
            template(draw(st.sampled_from(IMAGES))),
            replicas=draw(st.integers(0, 5)),
            pod_management_policy=policy,
            update_strategy=update,
            min_ready_seconds=draw(st.sampled_from([0, 3])),
            ordinals=Ordinals(draw(st.sampled_from([0, 0, 2]))),
        ),
    )


@dataclass
class Watch:
    """Holds everything that is done to a StatefulSet against its promises."""

    world: World
    workload: StatefulSet
    current: str = ""
    """The version that all pods had last, as an onlooker knows it; "" when the record was lost."""

    def available(self) -> dict[int, bool]:
        standing = self.world.standing()
        return {
            ordinal: (state := standing.get(place_name(self.workload, ordinal))) is not None
            and state.available(self.world.now, self.workload.spec.min_ready_seconds)
            for ordinal in self.workload.ordinals
        }

    def ordinal(self, name: str) -> int:
        return int(name.rpartition("-")[2])

    @property
    def update(self) -> str:
        return template_hash(wanted_version(self.workload))

    def look(self) -> None:
        """Note the version that every place has."""
        standing = self.world.standing()
        pods = [standing.get(place_name(self.workload, ordinal)) for ordinal in self.workload.ordinals]
        updated = all(pod and pod.pod.identity.template_hash == self.update for pod in pods)
        if updated and all(self.available().values()):
            self.current = self.update

    def carry_out(self, decision: Decision, most: int) -> None:
        """The first `most` of what was decided, each checked before it is done."""
        deeds: list[EndPod | NewPod] = [*decision.end, *decision.create]
        ended = [end for end in decision.end if self.is_kept(end)]
        for deed in deeds[:most]:
            if isinstance(deed, NewPod):
                self.check_new(deed)
                self.world.create(deed, decision)
            else:
                if deed in ended:
                    self.check_end(deed, ended)
                self.world.end(deed)

    def is_kept(self, end: EndPod) -> bool:
        return not self.world.pods[end.pod.identity.uid].lost

    def check_new(self, new: NewPod) -> None:
        ordinal = self.ordinal(new.name)
        assert new.name not in self.world.present()
        assert new.template.metadata.labels[POD_INDEX] == str(ordinal)
        assert new.template.spec.hostname == new.name
        if self.workload.spec.pod_management_policy is PodManagement.ORDERED_READY:
            assert all(there for before, there in self.available().items() if before < ordinal)
        index = ordinal - self.workload.spec.ordinals.start
        below = self.workload.updates_by_itself and index < self.workload.partition
        if not below:
            assert new.template_hash == self.update
        elif self.current:
            assert new.template_hash == self.current

    def check_end(self, end: EndPod, ended: list[EndPod]) -> None:
        spec, ordinal = self.workload.spec, self.ordinal(end.pod.identity.name)
        available = self.available()
        if ordinal not in self.workload.ordinals:
            if spec.pod_management_policy is PodManagement.ORDERED_READY:
                assert all(available.values())
                beyond = {self.ordinal(name) for name in self.world.present()} - set(self.workload.ordinals)
                assert ordinal == max(beyond)
            return
        assert self.workload.updates_by_itself
        if not available[ordinal]:
            return  # it serves nobody
        assert ordinal - spec.ordinals.start >= self.workload.partition
        assert end.pod.identity.template_hash != self.update
        most = spec.update_strategy.rolling_update.most_unavailable(spec.replicas)
        assert sum(available.values()) - 1 >= spec.replicas - most
        higher = [
            state.pod.identity.uid
            for state in self.world.standing().values()
            if self.ordinal(state.pod.identity.name) > ordinal
            and available.get(self.ordinal(state.pod.identity.name))
            and state.pod.identity.template_hash != self.update
        ]
        assert set(higher) <= {each.pod.identity.uid for each in ended}


@given(data=st.data(), policy=st.sampled_from(PodManagement), forgets=st.booleans())
@examples(250)
def test_a_stateful_set_keeps_its_order_its_places_and_its_promises(
    data: st.DataObject, policy: PodManagement, forgets: bool
) -> None:
    world = World()
    current, seen = "", set[str]()
    for number in range(data.draw(st.integers(1, 3))):
        workload = data.draw(stateful_sets(policy))
        seen.add(workload.spec.template.spec.containers[0].image)
        watch = Watch(world, workload, current or (template_hash(wanted_version(workload)) if not number else ""))
        quiet = [("calm", 0)] * data.draw(st.sampled_from([0, 2, 12, 12]))
        for choice, index in [("ready", 0), *data.draw(MISHAPS), *quiet, *([("forget", 0)] if forgets else [])]:
            decision = world.decide(workload)
            watch.look()
            world.record = decision.record
            watch.carry_out(decision, index if choice == "crash" else 1000)
            world.befall(choice, index)
            if choice == "forget":
                watch.current = ""
        current = watch.current
    # Below the partition a broken version would come back for ever; otherwise the last commit always gets through.
    rolling = StatefulRolling() if BROKEN in seen else workload.spec.update_strategy.rolling_update
    final = replace(
        workload,
        spec=replace(workload.spec, template=template("db:3"), update_strategy=StatefulUpdate(rolling_update=rolling)),
    )
    settled = world.settle(final)
    assert settled.status.available == final.spec.replicas
    assert world.settle(final, rounds=1) == settled


@given(
    surge=st.booleans(),
    images=st.lists(st.sampled_from(IMAGES), min_size=1, max_size=4),
    types=st.lists(st.sampled_from([*UpdateType, UpdateType.ROLLING_UPDATE]), min_size=4, max_size=4),
    min_ready=st.sampled_from([0, 3]),
    mishaps=MISHAPS,
)
@examples(300)
def test_a_daemon_set_has_one_pod_on_the_node_and_hands_over_without_a_gap_when_it_surges(
    surge: bool, images: list[str], types: list[UpdateType], min_ready: int, mishaps: list[tuple[str, int]]
) -> None:
    rolling = DaemonRolling(IntOrPercent(int(surge)), IntOrPercent(int(not surge)))
    world = World()

    def available() -> int:
        return sum(state.available(world.now, min_ready) for state in world.standing().values())

    for image, update in zip(images, types, strict=False):
        spec = DaemonSetSpec(
            template(image), update_strategy=DaemonUpdate(update, rolling), min_ready_seconds=min_ready
        )
        workload = DaemonSet(META, spec)
        for choice, index in [("ready", 0), *mishaps]:
            decision = world.decide(workload)
            world.record = decision.record
            before = available()
            deeds: list[EndPod | NewPod] = [*decision.end, *decision.create]
            for deed in deeds[: index if choice == "crash" else len(deeds)]:
                if isinstance(deed, NewPod):
                    assert len(world.present()) <= int(surge)
                    world.create(deed, decision)
                else:
                    world.end(deed)
            assert len(world.standing()) <= 1 + surge
            if surge:
                assert available() >= min(before, 1)
            world.befall(choice, index)
    strategy = DaemonUpdate(rolling_update=rolling)
    settled = world.settle(DaemonSet(META, DaemonSetSpec(template("db:3"), update_strategy=strategy)))
    assert (settled.status.updated, settled.status.available, len(world.pods)) == (1, 1, 1)
