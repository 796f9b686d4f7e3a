"""Defects made on purpose are found by the stories that every run of the tests plays."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from simulation.kinds.all import KINDS
from simulation.mutants import Mutant
from simulation.mutations import MUTANTS
from tests.simulation.test_stories import STORIES

ROOT = Path(__file__).parents[2]
_CONTROLLERS = {"ReplicationController": "ReplicaSet"}
"""Kinds that have the controller of another one."""


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_defect_is_found(mutant: Mutant) -> None:
    hunt = [sys.executable, "-m", "simulation.hunt", mutant.name, str(STORIES)]
    found = subprocess.run(hunt, cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr


def test_every_controller_has_its_mutants() -> None:
    mutants = Counter(_CONTROLLERS.get(mutant.kind, mutant.kind) for mutant in MUTANTS)
    assert mutants.keys() == {_CONTROLLERS.get(kind.name, kind.name) for kind in KINDS}
    assert min(mutants.values()) >= 3
