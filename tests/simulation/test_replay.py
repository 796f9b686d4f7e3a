"""A story is a function of its number, and what breaks is told as shortly as can be."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from gitpod_sync.loop import reconciler
from gitpod_sync.model.base.pass_cache import Memo
from gitpod_sync.plan.situation import Situation
from gitpod_sync.plan.steps import Plan
from simulation.play import play
from simulation.scenes import Flawed
from simulation.shrink import shrink
from simulation.story import Story, draw_story
from simulation.world import World
from tests.support.anew import compute_twice
from tests.support.examples import THOROUGH

ROOT = Path(__file__).parents[2]
PLAY = "from simulation.run import play_all; print([outcome.digest for _, outcome in play_all(list(range(8)))])"
AT_ONCE = 5
STORIES = 60 if THOROUGH else 25


def digests(hash_seed: str) -> str:
    """Of some stories, in a process that puts its sets and dictionaries in another order."""
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    done = subprocess.run([sys.executable, "-c", PLAY], cwd=ROOT, env=environment, capture_output=True, check=True)
    return done.stdout.decode()


def test_a_story_is_decided_in_the_same_way_in_every_process() -> None:
    assert digests("1") == digests("2")


def test_a_story_is_the_same_whenever_it_is_drawn() -> None:
    assert str(draw_story(123)) == str(draw_story(123))
    assert play(draw_story(123)) == play(draw_story(123))


@pytest.mark.parametrize("first", range(0, STORIES, AT_ONCE))
def test_what_was_computed_before_changes_no_plan(first: int, monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at = []

    def compute_and_count(situation: Situation, memo: Memo) -> Plan:
        looked_at.append(compute_twice(situation, memo))
        return looked_at[-1]

    def without_flaws(story: Story) -> Story:
        # What is not computed again does not fail.
        return Story(tuple(scene for scene in story.scenes if not isinstance(scene, Flawed)))

    monkeypatch.setattr(reconciler, "compute_plan", compute_and_count)
    played = [play(without_flaws(draw_story(seed))).sentence for seed in range(first, first + AT_ONCE)]
    assert played == [""] * AT_ONCE
    assert len(looked_at) > 15 * AT_ONCE


@dataclass(frozen=True)
class Numbered:
    """A scene of which nothing is known but its number."""

    number: int

    def happen(self, world: World) -> None:
        raise NotImplementedError


def test_a_story_shrinks_to_the_scenes_that_it_takes() -> None:
    story = Story(tuple(Numbered(number) for number in range(20)))
    needed = {Numbered(3), Numbered(17)}
    assert shrink(story, lambda shorter: needed <= set(shorter.scenes)).scenes == (Numbered(3), Numbered(17))
