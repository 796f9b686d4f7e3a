"""Hunts one mutant through the stories that continuous integration plays, those of its kind first.

python -m simulation.hunt NAME STORIES
"""

import sys

from simulation.mutants import plant
from simulation.mutations import MUTANTS


def main() -> int:
    """0 when it was caught; prints where and how."""
    name, stories = sys.argv[1], int(sys.argv[2])
    (mutant,) = (each for each in MUTANTS if each.name == name)
    plant(mutant)
    # Only now: the defect is made while its module is imported.
    from simulation.kinds.all import KINDS
    from simulation.play import play
    from simulation.story import draw_story

    turn = next(at for at, kind in enumerate(KINDS) if kind.name == mutant.kind)
    seeds = sorted(range(stories), key=lambda seed: (seed % len(KINDS) != turn, seed))
    for seed in seeds:
        outcome = play(draw_story(seed))
        if outcome.rule:
            print(f"{mutant.name}: caught by story {seed}: {outcome.rule}: {outcome.sentence}")
            return 0
    print(f"{mutant.name}: not caught by {stories} stories")
    return 1


if __name__ == "__main__":
    sys.exit(main())
