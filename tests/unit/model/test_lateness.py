"""Commands that are late together are the engine's fault, for a while; one alone is its container's."""

from hypothesis import given
from hypothesis import strategies as st

from gitpod_sync.model.records.lateness import MANY, PATIENCE, TOGETHER, Lateness, is_engine_to_blame, take_answer

ANSWERS = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 30), st.booleans()), max_size=60)


def after(*answers: tuple[str, float, bool]) -> Lateness:
    found = Lateness()
    for container, at, late in answers:
        found = take_answer(found, container, at, late=late)
    return found


def test_many_that_are_late_at_one_time_are_the_engines() -> None:
    assert not is_engine_to_blame(after(("a", 0, True), ("b", 1, True)), 1)
    assert is_engine_to_blame(after(("a", 0, True), ("b", 1, True), ("c", 2, True)), 2)


def test_many_that_are_late_one_after_the_other_are_not() -> None:
    assert not is_engine_to_blame(after(("a", 0, True), ("b", 10, True), ("c", 20, True)), 20)


def test_many_that_are_late_among_more_that_are_not_are_not() -> None:
    well = [(f"well {number}", 0.0, False) for number in range(3)]
    assert not is_engine_to_blame(after(*well, ("a", 0, True), ("b", 1, True), ("c", 2, True)), 2)


def test_what_hangs_for_long_while_the_engine_goes_on_answering_is_the_containers_own() -> None:
    hanging = Lateness()
    for at in range(0, 200, 10):
        for container in "abc":
            hanging = take_answer(hanging, container, at, late=True)
        assert is_engine_to_blame(hanging, at) is (at < PATIENCE)
    # What comes in time ends it; a stall after that is another one.
    for container in "abc":
        hanging = take_answer(hanging, container, 200, late=False)
    for container in "abc":
        hanging = take_answer(hanging, container, 300, late=True)
    assert is_engine_to_blame(hanging, 300)


@given(ANSWERS)
def test_the_engine_is_blamed_for_what_many_have_in_common_only_and_never_for_longer_than_that(
    answers: list[tuple[int, int, bool]],
) -> None:
    lateness, last, at = Lateness(), dict[str, tuple[int, bool]](), 0
    for number, wait, late in answers:
        at += wait
        last[str(number)] = (at, late)
        lateness = take_answer(lateness, str(number), at, late=late)
        young = [was_late for told_at, was_late in last.values() if told_at > at - TOGETHER]
        if is_engine_to_blame(lateness, at):
            assert sum(young) >= MANY
            assert 2 * sum(young) > len(young)
        assert not is_engine_to_blame(lateness, at + PATIENCE)
