"""Who has come and who has gone, by identity."""

from gitpod_sync.model.base.identity_diff import Turnover


def test_only_those_that_are_others_are_told() -> None:
    turnover: Turnover[list[int]] = Turnover()
    one, two, three = [1], [2], [3]
    assert turnover.look((one, two)) == ([one, two], [])
    assert turnover.look((two, one)) == ([], [])
    assert turnover.look((two, three)) == ([three], [one])


def test_one_that_is_only_equal_is_another() -> None:
    turnover: Turnover[list[int]] = Turnover()
    first, second = [1], [1]
    turnover.look((first,))
    came, gone = turnover.look((second,))
    assert came[0] is second
    assert gone[0] is first
