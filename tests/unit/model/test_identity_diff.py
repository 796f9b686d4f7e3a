"""Who has come and who has gone, by identity."""

from gitpod_sync.model.base.identity_diff import IdentityDiff


def test_only_those_that_are_others_are_told() -> None:
    diff: IdentityDiff[list[int]] = IdentityDiff()
    one, two, three = [1], [2], [3]
    assert diff.update((one, two)) == ([one, two], [])
    assert diff.update((two, one)) == ([], [])
    assert diff.update((two, three)) == ([three], [one])


def test_one_that_is_only_equal_is_another() -> None:
    diff: IdentityDiff[list[int]] = IdentityDiff()
    first, second = [1], [1]
    diff.update((first,))
    came, gone = diff.update((second,))
    assert came[0] is second
    assert gone[0] is first
