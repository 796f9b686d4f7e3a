"""`make bench`: every benchmark, printed as it comes and written to build/bench.json.

python benchmarks/run.py [--pods N] [--rounds N] [--kills N]
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

from docker import APIClient
from docker.utils import kwargs_from_env

from benchmarks.bench import IMAGE, Figure
from benchmarks.cold import measure_cold
from benchmarks.idle import measure_idle
from benchmarks.passes import measure_passes
from benchmarks.push import measure_push
from benchmarks.removal import measure_removal
from benchmarks.steady import measure_steady
from benchmarks.validate import measure_validate
from scripts.tiny_image import import_tiny_image


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pods", type=int, default=20, help="pods of two containers each (default: 20)")
    parser.add_argument("--rounds", type=int, default=6, help="pairs of cold runs, half for slower peers (default: 6)")
    parser.add_argument("--kills", type=int, default=10, help="pairs of repairs, and pushes (default: 10)")
    options = parser.parse_args()
    client = APIClient(**kwargs_from_env(), version="auto", max_pool_size=32)
    import_tiny_image(client, IMAGE)
    figures = []
    try:
        for figure in _measure(client, options):
            print(figure, flush=True)
            figures.append(figure)
    finally:
        client.remove_image(IMAGE, force=True)
    report = Path("build/bench.json")
    report.parent.mkdir(exist_ok=True)
    report.write_text(json.dumps([figure.to_json() for figure in figures], indent=2) + "\n")
    print(f"written to {report}")


def _measure(client: APIClient, options: argparse.Namespace) -> Iterator[Figure]:
    yield from measure_cold(client, options.pods, options.rounds)
    yield from measure_removal(client, options.pods, options.rounds)
    yield from measure_steady(client, options.pods, options.kills)
    yield from measure_idle(client, options.pods)
    yield from measure_push(options.kills)
    yield from measure_validate(max(1, options.rounds // 2))
    yield from measure_passes()


if __name__ == "__main__":
    main()
