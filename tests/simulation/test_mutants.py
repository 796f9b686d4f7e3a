"""Defects made on purpose are found by the stories that every run of the tests plays."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from simulation.kinds.all import KINDS
from simulation.mutations import MUTANTS

ROOT = Path(__file__).parents[2]
_CONTROLLERS = {"ReplicationController": "ReplicaSet"}
"""Kinds that have the controller of another one."""


@pytest.mark.parametrize("kind", sorted({mutant.kind for mutant in MUTANTS}))
def test_defects_are_found(kind: str) -> None:
    names = [mutant.name for mutant in MUTANTS if mutant.kind == kind]
    hunt = [sys.executable, "-m", "simulation.hunt", *names]
    found = subprocess.run(hunt, cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr


def test_every_controller_has_its_mutants() -> None:
    mutants = Counter(_CONTROLLERS.get(mutant.kind, mutant.kind) for mutant in MUTANTS)
    assert mutants.keys() == {_CONTROLLERS.get(kind.name, kind.name) for kind in KINDS}
    assert min(mutants.values()) >= 3
