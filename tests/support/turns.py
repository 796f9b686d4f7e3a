"""The order of the tests: long ones first. What is left at the end is short, and any process can take it over."""

from collections.abc import Sequence
from pathlib import Path

import pytest

FOLDERS = ("e2e", "contract", "simulation", "properties")
"""Of long tests, the longest first. What lies elsewhere is short."""

LONGEST = (
    *("test_small_pods", "test_rollouts", "test_jobs", "test_probes", "test_rolling_update", "test_real_software"),
    *("test_hard_times", "test_down", "test_names", "test_configs", "test_drain", "test_start_order"),
)
"""Scenarios that wait long, or have many pods."""

_TESTS = Path(__file__).parents[1]


def deal(items: Sequence[pytest.Item], processes: int) -> list[pytest.Item]:
    """In the order for so many processes, each of which begins with an equal share in a row."""
    long_first = sorted(items, key=_rank)
    return [item for process in range(processes) for item in long_first[process::processes]]


def _rank(item: pytest.Item) -> tuple[int, int]:
    folder = item.path.relative_to(_TESTS).parts[0]
    return _place(folder, FOLDERS), _place(item.path.stem, LONGEST)


def _place(name: str, names: Sequence[str]) -> int:
    return names.index(name) if name in names else len(names)
