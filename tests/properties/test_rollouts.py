"""Something bad never happens in a Deployment, whatever is committed and ordered in the middle of a rollout.

The world is the one of `test_controllers`: pods that become ready, break, and vanish, and a record that may be lost.
"""

from dataclasses import replace

from hypothesis import example, given
from hypothesis import strategies as st

from gitpod_sync.controllers.decide import decide
from gitpod_sync.controllers.decision import Decision
from gitpod_sync.controllers.deployment.rolling import compute_bounds
from gitpod_sync.controllers.deployment.version_scale import Version, scale_versions
from gitpod_sync.controllers.pod.pod_state import Phase
from gitpod_sync.controllers.view import WorkloadView
from gitpod_sync.model.base.int_or_percent import IntOrPercent
from gitpod_sync.model.base.labels import ON_FAILURE
from gitpod_sync.model.pods.hashing import object_hash, template_hash
from gitpod_sync.model.records.interventions import Intervention, Verb
from gitpod_sync.model.records.records import DeploymentRecord, record_from_text, record_to_text
from gitpod_sync.model.workloads.workloads import Deployment, DeploymentSpec, DeploymentStrategy, RollingUpdate
from tests.properties.test_controllers import META, World, template
from tests.support.examples import examples

BROKEN = 9
"""The version whose pods never become ready."""

BOUNDS = st.sampled_from([(1, 0), (0, 1), (1, 1), (2, 2)])
COMMITS = st.tuples(st.integers(0, 6), st.sampled_from([1, 2, 3, BROKEN]), BOUNDS, st.booleans())
MISHAPS = st.lists(
    st.tuples(st.sampled_from(["ready", "ready", "broken", "lost", "vanish", "forget", "hours"]), st.integers(0, 40)),
    max_size=12,
)


class Stage(World):
    """A world with standing orders, in which pods of the broken version never become ready."""

    def __init__(self) -> None:
        super().__init__()
        self.interventions: tuple[Intervention, ...] = ()
        self.told: list[str] = []

    def step(self, wanted: Deployment) -> Decision:
        states = sorted(self.pods.values(), key=lambda state: state.pod.identity.name)
        self.interventions = tuple(each for each in self.interventions if each.about in {"", object_hash(wanted)})
        names = {state.pod.identity.name for state in states}
        decision = decide(
            wanted, WorkloadView(states, names, self.now, record=self.record, interventions=self.interventions)
        )
        self.interventions = tuple(each for each in self.interventions if each not in decision.done)
        self.told += [event.reason for event in decision.events]
        return decision

    def befall(self, choice: str, index: int) -> None:
        if choice == "hours":
            self.now += 3600
            return
        super().befall(choice, index)
        for uid, state in self.pods.items():
            if state.ready and not can_be_ready(state.pod.identity.template_hash):
                self.pods[uid] = replace(state, ready_since=None)

    def settle_down(self, wanted: Deployment) -> Decision:
        """No more faults; what can be ready becomes so, and time passes. The decision after that."""
        decision = self.step(wanted)
        for _ in range(150):
            self.carry_out(decision)
            for uid, state in sorted(self.pods.items()):
                if state.pod.ending or state.lost:
                    del self.pods[uid]
                elif not state.ready and can_be_ready(state.pod.identity.template_hash):
                    self.pods[uid] = replace(state, phase=Phase.RUNNING, ready_since=self.now)
            self.now += 60
            decision = self.step(wanted)
        return decision


def can_be_ready(version: str) -> bool:
    return version != template_hash(template(BROKEN))


def commit(replicas: int, version: int, bounds: tuple[int, int], *, paused: bool, on_failure: str = "") -> Deployment:
    surge, unavailable = bounds
    rolling = RollingUpdate(IntOrPercent(surge), IntOrPercent(unavailable))
    spec = DeploymentSpec(
        template(version), replicas=replicas, strategy=DeploymentStrategy(rolling_update=rolling), paused=paused
    )
    annotations = {ON_FAILURE: on_failure} if on_failure else {}
    return Deployment(replace(META, annotations=annotations), spec)


@given(
    commits=st.lists(COMMITS, min_size=1, max_size=4),
    mishaps=MISHAPS,
    on_failure=st.sampled_from(["hold", "rollback"]),
    last=st.tuples(st.integers(0, 6), st.sampled_from([1, 2, 3]), BOUNDS),
)
@example(
    commits=[(1, 1, (1, 0), False), (1, 2, (1, 0), False)],
    mishaps=[("hours", 0)],
    on_failure="rollback",
    last=(0, 2, (1, 0)),
)
@examples(200)
def test_commits_in_the_middle_break_no_promise_and_the_last_good_one_is_reached(
    commits: list[tuple[int, int, tuple[int, int], bool]],
    mishaps: list[tuple[str, int]],
    on_failure: str,
    last: tuple[int, int, tuple[int, int]],
) -> None:
    stage = Stage()
    for replicas, version, allowed, paused in commits:
        wanted = commit(replicas, version, allowed, paused=paused, on_failure=on_failure)
        bounds = compute_bounds(replicas, wanted.spec.strategy.rolling_update)
        for mishap in [("ready", 0), *mishaps]:
            available, standing = stage.available(0), len(stage.standing())
            stage.carry_out(stage.step(wanted))
            assert stage.available(0) >= min(available, bounds.available)
            assert len(stage.standing()) <= max(bounds.most, standing)
            stage.befall(*mishap)
    replicas, version, allowed = last
    final = commit(replicas, version, allowed, paused=False, on_failure=on_failure)
    if version == commits[-1][1]:
        # It may have had hours, and has failed: other replicas or bounds alone give it no more time.
        stage.interventions = (Intervention(final.key, Verb.RETRY),)
    decision = stage.settle_down(final)
    assert decision.status.complete, decision.status
    assert not decision.create
    assert not decision.end
    assert {state.pod.identity.template_hash for state in stage.pods.values()} <= {template_hash(template(version))}


@given(replicas=st.integers(1, 6), allowed=BOUNDS, mishaps=MISHAPS)
@examples(60)
def test_a_rollback_comes_to_rest_and_is_told_once(
    replicas: int, allowed: tuple[int, int], mishaps: list[tuple[str, int]]
) -> None:
    stage = Stage()
    good = commit(replicas, 1, allowed, paused=False, on_failure="rollback")
    stage.carry_out(stage.settle_down(good))
    broken = commit(replicas, BROKEN, allowed, paused=False, on_failure="rollback")
    for mishap in [("hours", 0), *(each for each in mishaps if each[0] != "forget"), ("hours", 0), ("hours", 0)]:
        stage.carry_out(stage.step(broken))
        stage.befall(*mishap)
    final = stage.settle_down(broken)
    assert stage.told.count("RolledBack") == 1
    assert final.status.failed
    assert not final.status.recovering
    assert not final.create
    assert not final.end
    assert {state.pod.identity.template_hash for state in stage.pods.values()} == {template_hash(template(1))}


@given(replicas=st.integers(1, 6), allowed=BOUNDS, mishaps=MISHAPS)
@examples(60)
def test_a_restart_whose_order_is_forgotten_rolls_nothing_back(
    replicas: int, allowed: tuple[int, int], mishaps: list[tuple[str, int]]
) -> None:
    stage = Stage()
    wanted = commit(replicas, 1, allowed, paused=False)
    stage.carry_out(stage.settle_down(wanted))
    first = set(stage.pods)
    stage.interventions = (Intervention(wanted.key, Verb.RESTART, "2026-01-01T00:00:00Z", 1.0, object_hash(wanted)),)
    for mishap in [("ready", 0), *mishaps]:
        stage.carry_out(stage.step(wanted))
        stage.befall(*mishap)
    stage.carry_out(stage.settle_down(wanted))
    assert not first & set(stage.pods)
    second = set(stage.pods)
    more = commit(replicas + 1, 1, allowed, paused=False)
    stage.record = None
    stage.settle_down(more)
    assert not stage.interventions
    assert second < set(stage.pods)


@given(
    pods=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=4),
    replicas=st.integers(0, 12),
    allowed=BOUNDS,
)
def test_proportional_scaling_gives_out_all_pods_there_may_be_and_keeps_what_is_promised(
    pods: list[tuple[int, int]], replicas: int, allowed: tuple[int, int]
) -> None:
    versions = tuple(Version(str(n), size, size, min(size, good)) for n, (size, good) in enumerate(pods) if size)
    bounds = compute_bounds(replicas, RollingUpdate(*map(IntOrPercent, allowed)))
    scaled = scale_versions(versions, sum(each.size for each in versions), bounds, replicas)
    if versions:
        assert sum(each.size for each in scaled) == (bounds.most if replicas else 0)
    available = sum(each.available for each in versions)
    assert sum(min(each.size, each.available) for each in scaled) >= min(available, bounds.available)


@given(commits=st.lists(COMMITS, min_size=1, max_size=3))
@examples(30)
def test_a_record_means_the_same_after_it_was_written_down(
    commits: list[tuple[int, int, tuple[int, int], bool]],
) -> None:
    stage = Stage()
    for replicas, version, allowed, paused in commits:
        stage.carry_out(stage.settle_down(commit(replicas, version, allowed, paused=paused, on_failure="rollback")))
        assert isinstance(stage.record, DeploymentRecord)
        assert record_from_text("Deployment", record_to_text(stage.record)) == stage.record
