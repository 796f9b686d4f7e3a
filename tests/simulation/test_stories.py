"""The stories that every run of the tests plays. `make sim` plays as many more as one likes."""

import pytest

from simulation.play import play
from simulation.run import tell
from simulation.story import draw_story

STORIES = 500
AT_ONCE = 20


@pytest.mark.parametrize("first", range(0, STORIES, AT_ONCE))
def test_no_promise_is_broken_whatever_befalls(first: int) -> None:
    for seed in range(first, first + AT_ONCE):
        assert not play(draw_story(seed)).rule, tell(seed)
