"""Objects of one revision of a source, and the files that they stand in."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.kinds import KINDS

Patterns = tuple[tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Layout:
    """The objects of a source in one revision, each with the path of its file.

    `unread` are entries that are there and that nothing is taken from, by their path, with the reason. `source` is the
    source's name, or what the history knows it by where layouts of different times are compared. `patterns` are the
    `include` and `exclude` by which its files were chosen.
    """

    source: str
    commit: str
    files: Mapping[Key, str]
    unread: Mapping[str, str] = field(default_factory=dict)
    patterns: Patterns | None = None

    @property
    def asks_for_pods(self) -> bool:
        """Whether one of the objects is a workload."""
        return any(map(is_workload, self.files))


def is_workload(key: Key) -> bool:
    """Whether the object asks for pods, or for Jobs that do."""
    return key.kind in KINDS and KINDS[key.kind].asks_for_pods
