"""The interface of a source to the loop. One thread at a time uses a source."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from gitpod_sync.model.revision import Revision


class Watch(Protocol):
    """Something that watches until it is closed."""

    def close(self) -> None:
        """End it."""
        ...


@dataclass(frozen=True, slots=True)
class WorkTree:
    """The files that a person works at beside the commit that is read.

    `branch` is the branch that is checked out, "" where it is the one that is read. `differences` has the manifests
    that are `changed`, `new` or `removed`, by their path in the source, where the branch is the same.
    """

    branch: str = ""
    differences: Mapping[str, str] = field(default_factory=dict)


class Source(Protocol):
    """A place where manifests come from."""

    def fetch(self, *, settled: bool = True) -> Revision:
        """The newest revision. Raises `SourceError` when it cannot be read.

        What is being written at this moment is waited for, unless it is only to be looked at, not `settled`.
        """
        ...

    def revision(self, commit: str) -> Revision:
        """An earlier revision again. Raises `SourceError` when it is not here any more."""
        ...

    def keep(self, revision: Revision) -> None:
        """See to it that this revision, which is in force now, can be read again. Raises `SourceError`."""
        ...

    def head(self) -> str | None:
        """The commit that the source has on this machine at this moment; nothing is fetched. None: it is elsewhere."""
        ...

    def work_tree(self, revision: Revision) -> WorkTree:
        """The uncommitted files beside a revision, the newest, on this machine."""
        ...

    def watch(self, changed: Callable[[], None]) -> Watch:
        """Call `changed`, from another thread, whenever there may be something new.

        Only what is on this machine can be watched; for the rest the call is never made.
        """
        ...
