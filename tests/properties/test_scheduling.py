"""Something bad never happens when pods are placed: no node is promised twice, and nobody goes for an equal."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from gitpod_sync.controllers.pod.pod_state import Phase
from gitpod_sync.model.pods.requests import compute_requests
from gitpod_sync.plan.scheduling.node_info import room_of
from gitpod_sync.plan.scheduling.pod_info import PodInfo
from gitpod_sync.plan.scheduling.queue import QueuedPod, Schedule, compute_schedule, in_order
from gitpod_sync.plan.steps import Plan
from tests.support.examples import examples
from tests.support.scheduling import NODE, Village
from tests.support.simulation import Simulation, desired_from, simulation

PORT = "ports: [{containerPort: 1, hostPort: 80}]"


@dataclass(frozen=True)
class Draw:
    """A pod in numbers."""

    memory: int
    priority: int
    port: bool = False
    leaving: bool = False
    since: int = 0
    never: bool = False


DRAWS = st.builds(
    Draw,
    memory=st.sampled_from([0, 5, 10, 20, 30, 60, 101]),
    priority=st.integers(-1, 3),
    port=st.booleans(),
    leaving=st.booleans(),
    since=st.integers(0, 4),
    never=st.booleans(),
)


def guests_of(draws: Iterable[Draw], village: Village) -> list[PodInfo]:
    """As many as the node holds: what does not fit was never let in."""
    found, used, has_port = [], 0, False
    for number, draw in enumerate(draws):
        port = draw.port and not has_port
        if used + draw.memory <= NODE.allocatable["memory"] and number < NODE.allocatable["pods"]:
            used, has_port = used + draw.memory, has_port or port
            found.append(
                village.pod(
                    f"g{number}",
                    draw.memory,
                    priority=draw.priority,
                    since=float(draw.since),
                    leaving=draw.leaving,
                    container=PORT if port else "",
                )
            )
    return found


def comers_of(draws: Iterable[Draw], village: Village) -> list[QueuedPod]:
    return [
        village.queued_pod(
            f"c{number}",
            draw.memory,
            priority=draw.priority,
            since=float(draw.since),
            never=draw.never,
            container=PORT if draw.port else "",
        )
        for number, draw in enumerate(draws)
    ]


def place(queued_pods: Sequence[QueuedPod], pods: Sequence[PodInfo]) -> Schedule:
    return compute_schedule(in_order(queued_pods), room_of(pods, NODE), NODE, lambda _: {})


def total(pods: Iterable[PodInfo]) -> Counter[str]:
    amounts: Counter[str] = Counter()
    for pod in pods:
        amounts.update(pod.requests)
        amounts["port"] += len(pod.template.ports)
    return amounts


def fits(amounts: Counter[str]) -> bool:
    return amounts["port"] <= 1 and all(amounts[name] <= most for name, most in NODE.allocatable.items())


@given(there=st.lists(DRAWS, max_size=12), coming=st.lists(DRAWS, max_size=8))
@examples(500)
def test_what_is_let_in_fits_beside_all_that_is_there(there: list[Draw], coming: list[Draw]) -> None:
    village = Village()
    pods, queued_pods = guests_of(there, village), comers_of(coming, village)
    schedule = place(queued_pods, pods)
    let_in = [queued_pod.pod for queued_pod in queued_pods if queued_pod.pod.identity.uid not in schedule.refused]
    assert fits(total([*pods, *let_in]))


@given(there=st.lists(DRAWS, max_size=12), coming=st.lists(DRAWS, max_size=8))
@examples(500)
def test_nobody_goes_for_an_equal_or_in_vain(there: list[Draw], coming: list[Draw]) -> None:
    village = Village()
    pods, queued_pods = guests_of(there, village), comers_of(coming, village)
    schedule = place(queued_pods, pods)
    by_uid = {pod.identity.uid: pod for pod in pods}
    policies = {queued_pod.pod.identity.uid: queued_pod for queued_pod in queued_pods}
    for uid, preemptor in schedule.victims.items():
        assert by_uid[uid].identity.priority < preemptor.priority
        assert not by_uid[uid].leaving
        assert policies[preemptor.uid].policy.value != "Never"
    let_in = [queued_pod.pod for queued_pod in queued_pods if queued_pod.pod.identity.uid not in schedule.refused]
    preemptors = {identity.uid for identity in schedule.victims.values()}
    promised = [queued_pod.pod for queued_pod in queued_pods if queued_pod.pod.identity.uid in preemptors]
    staying = [pod for pod in pods if not pod.leaving and pod.identity.uid not in schedule.victims]
    assert fits(total([*staying, *let_in, *promised]))


@given(there=st.lists(DRAWS, max_size=12), one=DRAWS)
@examples(500)
def test_none_goes_that_could_stay(there: list[Draw], one: Draw) -> None:
    village = Village()
    pods, (queued_pod,) = guests_of(there, village), comers_of([one], village)
    schedule = place([queued_pod], pods)
    staying = [pod for pod in pods if not pod.leaving and pod.identity.uid not in schedule.victims]
    for pod in pods:
        if pod.identity.uid in schedule.victims:
            assert not fits(total([*staying, pod, queued_pod.pod]))


@given(there=st.lists(DRAWS, max_size=12), coming=st.lists(DRAWS, max_size=8), chance=st.randoms())
@examples(200)
def test_the_same_pods_have_the_same_places_in_whatever_order_they_are_named(
    there: list[Draw], coming: list[Draw], chance: object
) -> None:
    village = Village()
    pods, queued_pods = guests_of(there, village), comers_of(coming, village)
    shuffled = list(pods)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert place(queued_pods, pods) == place(queued_pods, shuffled)


CLASSES = "".join(
    f"---\napiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: {{name: p{value}}}\nvalue: {value}\n"
    for value in range(1, 4)
)
SIZES = st.fixed_dictionaries(
    {}, optional={name: st.tuples(st.sampled_from([1, 4, 7, 12]), st.integers(0, 3)) for name in "abcdef"}
)
EVENTS = st.lists(st.one_of(SIZES, st.sampled_from([0.5, 3.0, 31.0]), st.just("crash")), max_size=8)


def manifests(pods: dict[str, tuple[int, int]]) -> str:
    text = CLASSES
    for name, (memory, priority) in sorted(pods.items()):
        named = f"priorityClassName: p{priority}, " if priority else ""
        main = f'{{name: main, image: "web:1", resources: {{requests: {{memory: {memory}Gi}}}}}}'
        text += (
            f"---\napiVersion: apps/v1\nkind: ReplicaSet\nmetadata: {{name: {name}}}\n"
            f"spec: {{selector: {{matchLabels: {{app: {name}}}}}, template: {{metadata: {{labels: {{app: {name}}}}}, "
            f"spec: {{{named}containers: [{main}]}}}}}}\n"
        )
    return text


def check(sim: Simulation, plan: Plan, before: dict[str, int]) -> dict[str, int]:
    """The node is never promised twice, and a pod goes only when it is not asked for or for a more important one."""
    there = [state.pod for state in plan.pods if state.phase is not Phase.FAILED]
    coming = [identity.template.spec for identity in plan.starting]
    asked = sum(compute_requests(spec)["memory"] for spec in [*(pod.template.spec for pod in there), *coming])
    assert asked <= sim.engine.node.memory
    priorities = {pod.identity.uid: pod.identity.priority for pod in there}
    wanted = {key.name for key in sim.desired.workloads}
    for state in plan.pods:
        uid, owner = state.pod.identity.uid, state.pod.identity.owner.name
        if uid in plan.going and owner in wanted and uid in before and not state.pod.ending:
            assert uid in plan.news.disruptions
    return priorities


@given(first=SIZES, events=EVENTS)
@examples(150)
def test_whatever_is_asked_for_it_fits_and_comes_to_rest(
    first: dict[str, tuple[int, int]], events: list[object]
) -> None:
    with simulation() as sim:
        sim.desired = desired_from(manifests(first))
        before: dict[str, int] = {}
        for event in [None, *events]:
            match event:
                case dict():
                    sim.desired = desired_from(manifests(event))
                case float():
                    sim.clock.advance(event)
                case "crash":
                    sim.restarted()
                case _:
                    pass
            before = check(sim, sim.run_pass(), before)
        for _ in range(40):
            plan = sim.run_pass()
            before = check(sim, plan, before)
            if not plan.steps:
                break
        assert not sim.run_pass().steps
        assert not sim.dry_run()[1].news.disruptions
