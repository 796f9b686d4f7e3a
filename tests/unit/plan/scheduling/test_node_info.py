"""A roll that is brought up to date comes to what counting everybody again comes to."""

from hypothesis import given
from hypothesis import strategies as st

from gitpod_sync.controllers.pod.pod_state import Phase, PodState
from gitpod_sync.model.engine.pods import ObservedPod
from gitpod_sync.plan.scheduling.node_info import NodeInfo, NodeRoom, room_of
from gitpod_sync.plan.scheduling.pod_info import PodInfoCache
from tests.support.examples import examples
from tests.support.scheduling import NODE, Village

VILLAGE = Village()
PORT = "ports: [{containerPort: 80, hostPort: 8080}]"
GUESTS = [
    VILLAGE.pod(f"p{number}", number, container=PORT if number % 3 == 0 else "", labels={"app": f"a{number % 4}"})
    for number in range(8)
]
STATES = [PodState(pod=ObservedPod(pod.identity), phase=Phase.RUNNING, containers=()) for pod in GUESTS]
OVER = [PodState(pod=ObservedPod(pod.identity), phase=Phase.SUCCEEDED, containers=()) for pod in GUESTS]
LEAVING = [PodState(pod=ObservedPod(pod.identity, leaving=True), phase=Phase.RUNNING, containers=()) for pod in GUESTS]
LOOKS = st.lists(st.dictionaries(st.integers(0, 7), st.sampled_from((STATES, OVER, LEAVING))), max_size=6)


def told(node_room: NodeRoom) -> tuple[object, ...]:
    """All that can be asked of the seats."""
    ports = [port for pod in GUESTS for port in pod.template.ports]
    rooms = (
        (
            +resources.used,
            [resources.holder(port) for port in ports],
            sorted(number for _, number in resources.template),
        )
        for resources in (node_room.now, node_room.later)
    )
    return (*rooms, sorted(pod.identity.uid for pod in node_room.staying()))


@given(looks=LOOKS, ends=st.sets(st.integers(0, 7)))
@examples(200)
def test_it_comes_to_the_same(looks: list[dict[int, list[PodState]]], ends: set[int]) -> None:
    node_info, going = NodeInfo(NODE), {GUESTS[number].identity.uid for number in ends}
    before: list[PodState] = []
    for look in looks:
        states = [look[number][number] for number in sorted(look)]
        came = [state for state in states if not any(state is other for other in before)]
        gone = [state for state in before if not any(state is other for other in states)]
        node_info.update(came, gone)
        before = states
        register = PodInfoCache()
        counted = (
            register.of_state(state, leaving=state.pod.ending or state.pod.identity.uid in going) for state in states
        )
        assert told(node_info.with_leaving(going, NODE)) == told(room_of(counted, NODE))


def test_who_takes_a_seat_takes_it_for_one_plan_only() -> None:
    node_info = NodeInfo(NODE)
    node_info.update(STATES[:2], ())
    before = told(node_info.with_leaving((), NODE))
    node_room = node_info.with_leaving((), NODE)
    node_room.now.add(GUESTS[5])
    node_room.later.add(GUESTS[5])
    assert told(node_info.with_leaving((), NODE)) == before
