"""Names and labels in words."""

from collections.abc import Iterable, Mapping

_LONGEST_LIST = 8


def listed(names: Iterable[str]) -> str:
    """`a`, `b`, `c` in order; a long list is cut."""
    ordered = sorted(names)
    shown = ", ".join(f"`{name}`" for name in ordered[:_LONGEST_LIST])
    return f"{shown} and {len(ordered) - _LONGEST_LIST} more" if len(ordered) > _LONGEST_LIST else shown


def labels_in_words(labels: Mapping[str, str]) -> str:
    """`app=web, tier=front`, or `no labels`."""
    return ", ".join(f"{key}={value}" for key, value in sorted(labels.items())) or "no labels"
