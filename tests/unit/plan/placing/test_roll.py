"""A roll that is brought up to date comes to what counting everybody again comes to."""

from hypothesis import given, settings
from hypothesis import strategies as st

from gitpod_sync.controllers.pod.pod_state import Phase, PodState
from gitpod_sync.model.engine.pods import ObservedPod
from gitpod_sync.plan.scheduling.node_info import Roll, Seats, seats_of
from gitpod_sync.plan.scheduling.pod_info import Register
from tests.support.placing import NODE, Village

VILLAGE = Village()
PORT = "ports: [{containerPort: 80, hostPort: 8080}]"
GUESTS = [
    VILLAGE.guest(f"p{number}", number, container=PORT if number % 3 == 0 else "", labels={"app": f"a{number % 4}"})
    for number in range(8)
]
STATES = [PodState(ObservedPod(guest.identity), Phase.RUNNING, ()) for guest in GUESTS]
OVER = [PodState(ObservedPod(guest.identity), Phase.SUCCEEDED, ()) for guest in GUESTS]
LEAVING = [PodState(ObservedPod(guest.identity, leaving=True), Phase.RUNNING, ()) for guest in GUESTS]
LOOKS = st.lists(st.dictionaries(st.integers(0, 7), st.sampled_from((STATES, OVER, LEAVING))), max_size=6)


def told(seats: Seats) -> tuple[object, ...]:
    """All that can be asked of the seats."""
    ports = [port for guest in GUESTS for port in guest.kin.ports]
    rooms = (
        (+room.used, [room.holder(port) for port in ports], sorted(number for _, number in room.kin))
        for room in (seats.now, seats.later)
    )
    return (*rooms, sorted(guest.identity.uid for guest in seats.staying()))


@given(looks=LOOKS, ends=st.sets(st.integers(0, 7)))
@settings(max_examples=200, deadline=None)
def test_it_comes_to_the_same(looks: list[dict[int, list[PodState]]], ends: set[int]) -> None:
    roll, going = Roll(NODE), {GUESTS[number].identity.uid for number in ends}
    before: list[PodState] = []
    for look in looks:
        states = [look[number][number] for number in sorted(look)]
        came = [state for state in states if not any(state is other for other in before)]
        gone = [state for state in before if not any(state is other for other in states)]
        roll.follow(came, gone)
        before = states
        register = Register()
        counted = (
            register.of_state(state, leaving=state.pod.ending or state.pod.identity.uid in going) for state in states
        )
        assert told(roll.call(going, NODE)) == told(seats_of(counted, NODE))


def test_who_takes_a_seat_takes_it_for_one_plan_only() -> None:
    roll = Roll(NODE)
    roll.follow(STATES[:2], ())
    before = told(roll.call((), NODE))
    seats = roll.call((), NODE)
    seats.now.add(GUESTS[5])
    seats.later.add(GUESTS[5])
    assert told(roll.call((), NODE)) == before
