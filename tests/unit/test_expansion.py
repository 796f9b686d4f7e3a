"""`$(VAR)` as Kubernetes expands it."""

import pytest

from gitpod_sync.model.env import EnvVar
from gitpod_sync.plan.expansion import compute_environment, expand


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$(A)", "1"),
        ("x$(A)y$(A)", "x1y1"),
        ("$(UNKNOWN)", "$(UNKNOWN)"),
        ("$$(A)", "$(A)"),
        ("$$$(A)", "$1"),
        ("$A ${A}", "$A ${A}"),
        ("$(A", "$(A"),
        ("plain", "plain"),
    ],
)
def test_known_references_are_replaced_and_all_else_stays(text: str, expected: str) -> None:
    assert expand(text, {"A": "1"}) == expected


def test_a_variable_sees_those_before_it_only() -> None:
    env = (EnvVar("A", "1"), EnvVar("B", "$(A)-$(C)"), EnvVar("C", "$(B)"))
    assert compute_environment(env) == {"A": "1", "B": "1-$(C)", "C": "1-$(C)"}
