"""Finding the second of two that must differ."""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from gitpod_sync.manifests.codes import Severity
from gitpod_sync.manifests.diagnostics.findings import Finding, render_path
from gitpod_sync.manifests.yaml.documents import FieldPath, Json

T = TypeVar("T", bound=Hashable)


def repeated(values: Iterable[T | None]) -> Iterator[tuple[int, int, T]]:
    """The index of every value that was there before, the index of the first one like it, and the value.

    None stands for an item that has no such value.
    """
    first: dict[T, int] = {}
    for index, value in enumerate(values):
        if value is None:
            continue
        if value in first:
            yield index, first[value], value
        else:
            first[value] = index


def check_unique(
    items: Sequence[Mapping[str, Json]], path: FieldPath, field: str, noun: str, severity: Severity = Severity.ERROR
) -> Iterator[Finding]:
    """No two items of the list at `path` have the same text in `field`; `noun` says what they are, like `a volume`."""
    if len(items) > 1:
        for index, first, name in repeated(item.get(field) or None for item in items):
            message = f"{noun} named `{name}` is already at {render_path((*path, first))}"
            yield Finding("duplicate", (*path, index, field), message, "give each its own", severity)
