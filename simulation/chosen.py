"""The stories that every run of the tests plays: the first ones, and those that are known to catch a planted defect."""

import json
from pathlib import Path

CAUGHT_BY = Path(__file__).with_name("caught_by.json")
FIRST = 120


def read_catchers() -> dict[str, int]:
    """By the name of a mutant: the number of the story that caught it when `make mutants` was run last."""
    catchers: dict[str, int] = json.loads(CAUGHT_BY.read_text())
    return catchers


def write_catchers(catchers: dict[str, int]) -> None:
    """For the runs to come."""
    CAUGHT_BY.write_text(json.dumps(catchers, indent=2) + "\n")


def choose_stories() -> list[int]:
    """Their numbers, in order."""
    return sorted({*range(FIRST), *read_catchers().values()})
