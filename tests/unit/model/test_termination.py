"""The numbers of termination messages."""

import pytest

from gitpod_sync.model.pods.termination_messages import MOST_CONTAINERS, cut_log, cut_message, message_file


def test_the_end_of_a_message_is_kept() -> None:
    assert cut_message(b"a" * 5000 + b"end", 1) == "a" * 4093 + "end"
    assert cut_message(b"a" * 5000 + b"end", 3) == "a" * 4093 + "end"
    assert cut_message(b"a" * 5000 + b"end", 12) == "a" * 1021 + "end"
    assert cut_message(b"\xff!", 1) == "\N{REPLACEMENT CHARACTER}!"


def test_of_a_log_eighty_lines_or_two_kibibytes_are_kept() -> None:
    assert cut_log(b"".join(b"%d\n" % number for number in range(100))).startswith(b"20\n21\n")
    assert len(cut_log(b"x" * 100 + b"\n" + b"y" * 3000)) == 2048


@pytest.mark.parametrize("containers", [1, 2, 3, 8, 9, MOST_CONTAINERS])
def test_no_two_attempts_beside_each_other_share_a_file(containers: int) -> None:
    for attempt in (0, 1, 7):
        turns = [(index, attempt + later) for index in range(containers) for later in range(3)]
        paths = [message_file(containers, *turn).path for turn in turns]
        assert len(set(paths)) == len(paths)
