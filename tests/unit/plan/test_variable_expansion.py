"""`$(VAR)` as Kubernetes expands it."""

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitpod_sync.model.pods.env import EnvVar
from gitpod_sync.model.pods.expansion import LONGEST, least_length
from gitpod_sync.plan.config.references import UnresolvedError
from gitpod_sync.plan.config.variable_expansion import compute_environment, expand, expand_words


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


BOMB = (EnvVar("E0", "0123456789"), *(EnvVar(f"E{each}", f"$(E{each - 1})" * 2) for each in range(1, 31)))
"""Thirty times doubled: 10 GB."""


def test_no_more_is_put_together_than_the_kernel_takes() -> None:
    tracemalloc.start()
    with pytest.raises(UnresolvedError, match=r"the variable `E14` is too long: .* 131071 bytes"):
        compute_environment(BOMB)
    assert tracemalloc.get_traced_memory()[1] < 2_000_000
    tracemalloc.stop()


def test_many_variables_are_not_more_than_the_kernel_takes_altogether() -> None:
    env = (EnvVar("A", "x" * 100_000), *(EnvVar(f"B{each}", "$(A)") for each in range(100)))
    with pytest.raises(UnresolvedError, match="2097152 bytes"):
        compute_environment(env)


def test_what_the_kernel_takes_is_given() -> None:
    longest = "x" * (LONGEST - len("A="))
    assert compute_environment((EnvVar("A", longest),)) == {"A": longest}
    with pytest.raises(UnresolvedError, match="the variable `A` has more"):
        compute_environment((EnvVar("A", f"{longest}x"),))
    assert expand_words(["x" * LONGEST], {}) == ("x" * LONGEST,)
    with pytest.raises(UnresolvedError, match="the argument 1 has more"):
        expand_words(["a", "é" * (LONGEST // 2 + 1)], {})
    with pytest.raises(UnresolvedError, match="the argument 0 is too long"):
        expand_words(["$(A)$(A)"], {"A": "x" * 100_000})


@given(st.lists(st.tuples(st.sampled_from("ABC"), st.text("$()ABCé", max_size=12)), max_size=6))
def test_nothing_is_shorter_than_it_is_known_to_be_at_least(written: list[tuple[str, str]]) -> None:
    values: dict[str, str] = {}
    lengths: dict[str, int] = {}
    for name, text in written:
        exact = least_length(text, lengths, others=False)
        assert least_length(text, lengths, others=True) <= exact
        values[name] = expand(text, values)
        assert len(values[name].encode()) == exact
        lengths[name] = exact
