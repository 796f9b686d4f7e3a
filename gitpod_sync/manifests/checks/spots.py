"""Places in files, kept without the document."""

from collections.abc import Callable
from dataclasses import dataclass

from gitpod_sync.manifests.yaml.documents import FieldPath


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a file; line and column count from 1."""

    line: int
    column: int
    field: str


Locate = Callable[[FieldPath], Spot]
"""Where a field of the object at hand is written; where the path ends early, the last place on it."""
