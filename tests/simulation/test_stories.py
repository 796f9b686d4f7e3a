"""The stories that every run of the tests plays. `make sim` plays as many more as one likes."""

import pytest

from simulation.chosen import choose_stories
from simulation.play import play
from simulation.run import tell
from simulation.story import draw_story
from tests.support.examples import THOROUGH

STORIES = list(range(500)) if THOROUGH else choose_stories()
AT_ONCE = 10


@pytest.mark.parametrize("at", range(0, len(STORIES), AT_ONCE))
def test_no_promise_is_broken_whatever_befalls(at: int) -> None:
    for seed in STORIES[at : at + AT_ONCE]:
        assert not play(draw_story(seed)).rule, tell(seed)
