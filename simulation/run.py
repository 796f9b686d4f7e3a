"""`make sim`: stories by number, on all cores.

python -m simulation.run [--seeds N] [--first N] [--seed N] [--digests FILE]
"""

import argparse
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from simulation.play import Outcome, play
from simulation.shrink import shrink
from simulation.story import Story, draw_story

CHUNK = 20


def main() -> int:
    """0 when no promise was broken."""
    parser = argparse.ArgumentParser(prog="make sim", description=__doc__)
    parser.add_argument("--seeds", type=int, default=500, help="how many stories (default: 500)")
    parser.add_argument("--first", type=int, default=0, help="the first one's number (default: 0)")
    parser.add_argument("--seed", type=int, help="this one story alone")
    parser.add_argument("--digests", type=Path, help="a file to write what each story decided to, a line each")
    options = parser.parse_args()
    seeds = [options.seed] if options.seed is not None else range(options.first, options.first + options.seeds)
    begin = time.perf_counter()
    outcomes = list(play_all(list(seeds)))
    broken = [seed for seed, outcome in outcomes if outcome.rule]
    if options.digests:
        options.digests.write_text("".join(f"{seed} {outcome.digest}\n" for seed, outcome in outcomes))
    print(f"{len(seeds)} stories, {len(broken)} broken promises, {time.perf_counter() - begin:.1f} s")
    for seed in broken[:5]:
        print(f"\n{tell(seed)}")
    if broken:
        print(f"\nbroken: {' '.join(map(str, broken[:50]))}")
    return 1 if broken else 0


def play_all(seeds: list[int]) -> Iterator[tuple[int, Outcome]]:
    """Every story of these seeds with its outcome, in order."""
    if len(seeds) <= CHUNK:
        yield from _play_some(seeds)
        return
    chunks = [seeds[at : at + CHUNK] for at in range(0, len(seeds), CHUNK)]
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for results in pool.map(_play_some, chunks):
            yield from results


def tell(seed: int) -> str:
    """The shortest history of a broken promise, in sentences."""
    story = draw_story(seed)
    outcome = play(story)

    def breaks(shorter: Story) -> bool:
        return play(shorter).rule == outcome.rule

    shortest = shrink(story, breaks) if outcome.rule else story
    outcome = play(shortest)
    verdict = f"broken: {outcome.rule}: {outcome.sentence}" if outcome.rule else "nothing is broken"
    return "\n".join(
        (
            f"seed {seed} ({len(story.scenes)} scenes, {len(shortest.scenes)} of them needed)",
            str(shortest),
            verdict,
            outcome.detail,
            f"play it again: make sim SEED={seed}",
        )
    )


def _play_some(seeds: list[int]) -> list[tuple[int, Outcome]]:
    return [(seed, play(draw_story(seed))) for seed in seeds]


if __name__ == "__main__":
    sys.exit(main())
