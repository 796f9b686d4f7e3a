"""Names, labels and whole messages, kept short."""

from collections.abc import Iterable, Mapping

_LONGEST_LIST = 8
_LONGEST_TEXT = 400


def bounded(text: str) -> str:
    """The text, cut when somebody's value has made it very long."""
    return text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]}…"


def listed(names: Iterable[str]) -> str:
    """`a`, `b`, `c` in order; a long list is cut."""
    ordered = sorted(names)
    shown = ", ".join(f"`{name}`" for name in ordered[:_LONGEST_LIST])
    return f"{shown} and {len(ordered) - _LONGEST_LIST} more" if len(ordered) > _LONGEST_LIST else shown


def labels_in_words(labels: Mapping[str, str]) -> str:
    """`app=web, tier=front`, or `no labels`."""
    return ", ".join(f"{key}={value}" for key, value in sorted(labels.items())) or "no labels"
