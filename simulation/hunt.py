"""Hunts mutants through the stories that every run of the tests plays.

python -m simulation.hunt NAME…

The hunt for a mutant begins with the story that caught it last time (`caught_by.json`), and goes on with those of its
kind. `python -m simulation.hunt --renew STORIES` hunts all of them through so many stories and writes that file.
"""

import multiprocessing
import sys
from collections.abc import Sequence
from functools import partial

from simulation.chosen import choose_stories, read_catchers, write_catchers
from simulation.kinds.all import KINDS
from simulation.mutants import Mutant, plant
from simulation.mutations import MUTANTS
from simulation.play import play
from simulation.story import draw_story


def main() -> int:
    """0 when everything that was hunted was caught; prints where and how."""
    if sys.argv[1] == "--renew":
        caught = hunt(MUTANTS, range(int(sys.argv[2])), {})
        write_catchers(caught)
        return 0 if len(caught) == len(MUTANTS) else 1
    by_name = {each.name: each for each in MUTANTS}
    names = sys.argv[1:]
    caught = hunt([by_name[name] for name in names], choose_stories(), read_catchers())
    return 0 if len(caught) == len(names) else 1


def hunt(mutants: Sequence[Mutant], stories: Sequence[int], known: dict[str, int]) -> dict[str, int]:
    """By the names of those that were caught: the number of the story. `known` are stories to begin with."""
    # A defect stays for as long as its process, which begins as a copy of this one: nothing is imported once more.
    with multiprocessing.get_context("fork").Pool(maxtasksperchild=1) as processes:
        found = processes.map(partial(_hunt, stories=stories, known=known), mutants, chunksize=1)
    return {mutant.name: story for mutant, story in zip(mutants, found, strict=True) if story is not None}


def _hunt(mutant: Mutant, stories: Sequence[int], known: dict[str, int]) -> int | None:
    plant(mutant)
    turn = next(at for at, kind in enumerate(KINDS) if kind.name == mutant.kind)
    by_kind = sorted(stories, key=lambda story: (story % len(KINDS) != turn, story))
    for story in [known[mutant.name], *by_kind] if mutant.name in known else by_kind:
        outcome = play(draw_story(story))
        if outcome.rule:
            print(f"{mutant.name}: caught by story {story}: {outcome.rule}: {outcome.sentence}", flush=True)
            return story
    print(f"{mutant.name}: not caught by {len(stories)} stories", flush=True)
    return None


if __name__ == "__main__":
    sys.exit(main())
