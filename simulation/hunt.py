"""Hunts one mutant through the stories that continuous integration plays.

python -m simulation.hunt NAME STORIES

The hunt begins with the story that caught the mutant last time (`caught_by.json`), and goes on with those of its kind.
`python -m simulation.hunt --renew STORIES` hunts all of them from the beginning and writes that file.
"""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from simulation.mutants import Mutant, plant
from simulation.mutations import MUTANTS

CAUGHT_BY = Path(__file__).with_name("caught_by.json")
"""By the name of a mutant: the number of the story that caught it when this was written."""


def main() -> int:
    """0 when everything that was hunted was caught; prints where and how."""
    name, stories = sys.argv[1], int(sys.argv[2])
    if name == "--renew":
        return _renew(stories)
    known = json.loads(CAUGHT_BY.read_text()).get(name)
    (mutant,) = (each for each in MUTANTS if each.name == name)
    return 0 if _hunt(mutant, stories, [] if known is None else [known]) is not None else 1


def _hunt(mutant: Mutant, stories: int, first: list[int]) -> int | None:
    """The number of the story that catches it."""
    plant(mutant)
    # Only now: the defect is made while its module is imported.
    from simulation.kinds.all import KINDS
    from simulation.play import play
    from simulation.story import draw_story

    turn = next(at for at, kind in enumerate(KINDS) if kind.name == mutant.kind)
    for seed in first + sorted(range(stories), key=lambda seed: (seed % len(KINDS) != turn, seed)):
        outcome = play(draw_story(seed))
        if outcome.rule:
            print(f"{mutant.name}: caught by story {seed}: {outcome.rule}: {outcome.sentence}")
            return seed
    print(f"{mutant.name}: not caught by {stories} stories")
    return None


def _renew(stories: int) -> int:
    """Each in a process of its own, since a defect stays for as long as its process."""
    CAUGHT_BY.write_text("{}\n")
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        caught = dict(
            zip((each.name for each in MUTANTS), pool.map(_hunt_apart, MUTANTS, [stories] * len(MUTANTS)), strict=True)
        )
    found = {name: seed for name, seed in caught.items() if seed is not None}
    CAUGHT_BY.write_text(json.dumps(found, indent=2) + "\n")
    return 0 if found.keys() == caught.keys() else 1


def _hunt_apart(mutant: Mutant, stories: int) -> int | None:
    hunt = [sys.executable, "-m", "simulation.hunt", mutant.name, str(stories)]
    told = subprocess.run(hunt, capture_output=True, text=True, check=False).stdout
    print(told, end="", flush=True)
    words = told.partition("caught by story ")[2]
    return int(words.partition(":")[0]) if words else None


if __name__ == "__main__":
    sys.exit(main())
