"""Removals that nobody has asked for, and the name by which they can be permitted."""

import hashlib
import json
from dataclasses import dataclass

from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.desired import short_commit

MOST_NAMED = 20
"""Objects that a message names; of the others it gives the number."""


@dataclass(frozen=True, slots=True)
class Leaving:
    """An object that would go, and its file. `unread` says why that gives nothing although it is still there."""

    key: Key
    file: str
    unread: str = ""

    def __str__(self) -> str:
        said = self.unread or self.file
        return f"{self.key} ({said})" if said else str(self.key)


@dataclass(frozen=True, slots=True)
class Removal:
    """The objects that would leave with the newest revision of a source, some or all unasked, sorted by key.

    `in_force` is the commit that stays in force meanwhile, `commit` the newest one; either is "" where it is unknown.
    `empties` says that no workload of the source would be left.
    """

    source: str
    in_force: str
    commit: str
    leaving: tuple[Leaving, ...]
    empties: bool = False

    @property
    def hash(self) -> str:
        """The name for an approval. It covers the source, the revision in force, and the exact list."""
        keys = [(each.key.kind, each.key.namespace, each.key.name) for each in self.leaving]
        return hashlib.sha256(json.dumps([self.source, self.in_force, keys]).encode()).hexdigest()[:12]

    @property
    def cause(self) -> str:
        """The oddness of the revision, in words."""
        what = f"revision {short_commit(self.commit)}"
        if self.empties:
            return f"{what} asks for no workload any more" if self.commit else "no workload is asked for any more"
        return f"{what} loses objects whose files are still there"

    @property
    def told(self) -> str:
        """The oddness and the objects that would go, in one line."""
        named = [str(each) for each in self.leaving[:MOST_NAMED]]
        more = len(self.leaving) - len(named)
        return f"{self.cause}; it would take away {', '.join([*named, *([f'and {more} more'] if more else [])])}"
