"""Something bad never happens: controllers against a world that crashes, dawdles and changes its mind.

The world is the smallest that a controller can tell from the real one: pods that become ready, break, and vanish some
time after they are ended. Every promise is checked after every decision.
"""

from dataclasses import dataclass, field, replace

from hypothesis import given
from hypothesis import strategies as st

from gitpod_sync.controllers.decide import decide
from gitpod_sync.controllers.decision import Decision
from gitpod_sync.controllers.deployment.rolling import compute_bounds
from gitpod_sync.controllers.pod.pod_state import Phase, PodState
from gitpod_sync.controllers.view import WorkloadView
from gitpod_sync.model.base.instance import ENDING_SUFFIX
from gitpod_sync.model.base.int_or_percent import IntOrPercent
from gitpod_sync.model.base.meta import Key, ObjectMeta
from gitpod_sync.model.engine.container import ContainerConfig
from gitpod_sync.model.engine.observed import ContainerStatus, ObservedContainer
from gitpod_sync.model.engine.pods import ObservedPod, PodIdentity
from gitpod_sync.model.pods.hashing import template_hash
from gitpod_sync.model.pods.pod import Container, PodSpec, PodTemplate
from gitpod_sync.model.records.records import Record
from gitpod_sync.model.workloads.workloads import (
    Deployment,
    DeploymentSpec,
    DeploymentStrategy,
    Pod,
    ReplicaSet,
    ReplicaSetSpec,
    RollingUpdate,
    StrategyType,
    Workload,
)
from tests.support.examples import examples

META = ObjectMeta(name="web", labels={"app": "web"})


def template(version: int) -> PodTemplate:
    return PodTemplate(PodSpec((Container("main", f"web:{version}"),)), ObjectMeta(labels={"app": "web"}))


@dataclass
class World:
    """Pods by UID, and a clock that the test winds."""

    now: float = 1000.0
    made: int = 0
    pods: dict[str, PodState] = field(default_factory=dict)
    record: Record | None = None

    def carry_out(self, decision: Decision) -> None:
        self.record = decision.record
        for new in decision.create:
            assert new.name not in {state.pod.identity.name for state in self.pods.values()}
            self.made += 1
            uid = f"u{self.made:04}"
            identity = PodIdentity("default", new.name, uid, decision.workload, new.template, new.template_hash)
            config = ContainerConfig(image="sandbox", network="pods")
            sandbox = ObservedContainer(uid, new.name, config, ContainerStatus.RUNNING, created_at=self.now)
            self.pods[uid] = PodState(pod=ObservedPod(identity, sandbox), phase=Phase.PENDING, containers=())
        for end in decision.end:
            state = self.pods[end.pod.identity.uid]
            assert state.pod.sandbox
            marked = replace(state.pod.sandbox, name=state.pod.sandbox.name + ENDING_SUFFIX)
            pod = replace(state.pod, sandbox=marked)
            self.pods[end.pod.identity.uid] = replace(state, pod=pod, ready_since=None)

    def standing(self) -> list[PodState]:
        return [state for state in self.pods.values() if not state.pod.ending and not state.lost]

    def available(self, min_ready_seconds: int) -> int:
        return sum(state.available(self.now, min_ready_seconds) for state in self.standing())

    def decide(self, workload: Workload) -> Decision:
        states = sorted(self.pods.values(), key=lambda state: state.pod.identity.name)
        taken = {state.pod.identity.name for state in states}
        return decide(workload, WorkloadView(states, taken, self.now, record=self.record))

    def befall(self, choice: str, index: int) -> None:
        """Something happens to one pod, or time passes."""
        self.now += 1
        if choice == "forget":
            self.record = None
        uids = sorted(self.pods)
        if not uids:
            return
        uid = uids[index % len(uids)]
        state = self.pods[uid]
        match choice:
            case "ready" if not state.pod.ending and not state.lost:
                self.pods[uid] = replace(state, phase=Phase.RUNNING, ready_since=self.now)
            case "broken":
                self.pods[uid] = replace(state, ready_since=None)
            case "lost" if not state.pod.ending:
                self.pods[uid] = replace(state, lost="its sandbox has stopped", ready_since=None)
            case "vanish" if state.pod.ending:
                del self.pods[uid]
            case _:
                pass

    def settle(self, workload: Workload, rounds: int) -> Decision:
        """No more faults: pods become ready, endings come to their end."""
        decision = self.decide(workload)
        for _ in range(rounds):
            self.carry_out(decision)
            for uid, state in sorted(self.pods.items()):
                if state.pod.ending or state.lost:
                    del self.pods[uid]
                elif not state.ready:
                    self.pods[uid] = replace(state, phase=Phase.RUNNING, ready_since=self.now)
            self.now += 60
            decision = self.decide(workload)
            if decision.status.complete:
                break
        return decision


MISHAPS = st.lists(
    st.tuples(st.sampled_from(["ready", "ready", "broken", "lost", "vanish", "forget"]), st.integers(0, 40))
)
COUNTS = st.one_of(
    st.integers(0, 4).map(IntOrPercent), st.integers(0, 100).map(lambda p: IntOrPercent(p, percent=True))
)


def deployment(replicas: int, version: int, rolling: RollingUpdate, min_ready: int = 0) -> Deployment:
    strategy = DeploymentStrategy(StrategyType.ROLLING_UPDATE, rolling)
    return Deployment(
        META, DeploymentSpec(template(version), replicas=replicas, strategy=strategy, min_ready_seconds=min_ready)
    )


@given(
    replicas=st.integers(0, 8),
    surge=COUNTS,
    unavailable=COUNTS,
    min_ready=st.sampled_from([0, 5]),
    versions=st.lists(st.integers(1, 3), min_size=1, max_size=4),
    mishaps=MISHAPS,
)
@examples(300)
def test_a_rolling_update_never_ends_a_pod_that_was_promised(
    replicas: int,
    surge: IntOrPercent,
    unavailable: IntOrPercent,
    min_ready: int,
    versions: list[int],
    mishaps: list[tuple[str, int]],
) -> None:
    world, rolling = World(), RollingUpdate(surge, unavailable)
    bounds = compute_bounds(replicas, rolling)
    for version in versions:
        wanted = deployment(replicas, version, rolling, min_ready)
        for mishap in [("ready", 0), *mishaps]:
            before = world.available(min_ready)
            world.carry_out(world.decide(wanted))
            assert world.available(min_ready) >= min(before, bounds.available)
            assert len(world.standing()) <= max(bounds.most, replicas)
            world.befall(*mishap)
    final = world.settle(wanted, rounds=200)
    assert final.status.complete
    assert not final.create
    assert not final.end


@given(replicas=st.integers(0, 6), versions=st.lists(st.integers(1, 3), min_size=1, max_size=3), mishaps=MISHAPS)
@examples(200)
def test_recreate_never_runs_two_versions_at_once(
    replicas: int, versions: list[int], mishaps: list[tuple[str, int]]
) -> None:
    world = World()
    for version in versions:
        spec = DeploymentSpec(template(version), replicas=replicas, strategy=DeploymentStrategy(StrategyType.RECREATE))
        wanted = Deployment(META, spec)
        for mishap in [("ready", 0), *mishaps]:
            decision = world.decide(wanted)
            others = {state.pod.identity.template_hash for state in world.pods.values()} - {
                template_hash(spec.template)
            }
            assert not (decision.create and others)
            world.carry_out(decision)
            assert len({state.pod.identity.template_hash for state in world.standing()}) <= 1
            world.befall(*mishap)
    assert world.settle(wanted, rounds=50).status.complete


@given(counts=st.lists(st.integers(0, 8), min_size=1, max_size=4), mishaps=MISHAPS)
@examples(200)
def test_a_replica_set_has_never_more_than_its_number_and_reaches_it(
    counts: list[int], mishaps: list[tuple[str, int]]
) -> None:
    world = World()
    for replicas in counts:
        wanted = ReplicaSet(META, ReplicaSetSpec(template(1), replicas=replicas))
        for mishap in [("ready", 0), *mishaps]:
            world.carry_out(world.decide(wanted))
            assert len(world.standing()) == replicas
            world.befall(*mishap)
    final = world.settle(wanted, rounds=50)
    assert final.status.complete
    assert not final.create
    assert not final.end


@given(versions=st.lists(st.integers(1, 3), min_size=1, max_size=4), mishaps=MISHAPS)
@examples(200)
def test_a_bare_pod_is_never_there_twice(versions: list[int], mishaps: list[tuple[str, int]]) -> None:
    world = World()
    for version in versions:
        wanted = Pod(META, template(version).spec)
        for mishap in [("ready", 0), *mishaps]:
            world.carry_out(world.decide(wanted))
            assert len(world.pods) <= 1
            world.befall(*mishap)
    assert world.settle(wanted, rounds=20).status.complete
    assert next(iter(world.pods.values())).pod.identity.owner == Key("Pod", "default", "web")
