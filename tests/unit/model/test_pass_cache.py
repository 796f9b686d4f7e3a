"""What was computed of things that have not changed is not computed again, and of nothing else it is taken."""

from gitpod_sync.model.base.pass_cache import Memo, What

LENGTH: What[int] = What("length")


class Counting:
    """Computes a length and counts how often."""

    def __init__(self) -> None:
        self.times = 0
        self.memo = Memo()

    def length(self, thing: list[int]) -> int:
        def compute() -> int:
            self.times += 1
            return len(thing)

        return self.memo.recall(LENGTH, (thing,), compute)


def test_the_same_thing_is_computed_once_however_many_passes_ask() -> None:
    counting, thing = Counting(), [1, 2]
    for _ in range(3):
        counting.memo.begin("ground")
        assert counting.length(thing) == 2
    assert counting.times == 1


def test_a_thing_that_is_only_equal_is_computed_by_itself() -> None:
    counting = Counting()
    counting.memo.begin("ground")
    assert counting.length([1]) == counting.length([1]) == 1
    assert counting.times == 2


def test_on_another_ground_everything_is_computed_anew() -> None:
    counting, thing = Counting(), [1]
    for ground in ("one", "another"):
        counting.memo.begin(ground)
        counting.length(thing)
    assert counting.times == 2


def test_what_a_pass_has_not_asked_for_is_forgotten() -> None:
    counting, thing = Counting(), [1]
    counting.memo.begin("ground")
    counting.length(thing)
    counting.memo.begin("ground")
    counting.memo.begin("ground")
    counting.length(thing)
    assert counting.times == 2


def test_what_is_kept_is_made_once_on_one_ground_whoever_asks_for_it() -> None:
    memo, kept = Memo(), What[list[int]]("kept")
    memo.begin("ground")
    made = memo.keep(kept, list)
    for _ in range(3):
        memo.begin("ground")
    assert memo.keep(kept, list) is made
    memo.begin("another")
    assert memo.keep(kept, list) is not made
