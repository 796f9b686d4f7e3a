"""The result of a check of manifests, counted by object and in all. Every form of output is made from this."""

import posixpath
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from gitpod_sync.manifests.codes import NOT_YET, Severity
from gitpod_sync.manifests.diagnostics.diagnostics import Diagnostic
from gitpod_sync.manifests.diagnostics.seen import Seen
from gitpod_sync.manifests.load import Loaded


@dataclass(frozen=True, slots=True)
class Counts:
    """Findings by severity; `not_yet` of the errors are about what gitpod-sync does not honour yet."""

    errors: int = 0
    warnings: int = 0
    notes: int = 0
    not_yet: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """All findings, every object with the findings on it, and the sums. `files` are those that were read."""

    diagnostics: tuple[Diagnostic, ...]
    objects: tuple[tuple[Seen, Counts], ...]
    files: int
    counts: Counts

    @property
    def valid(self) -> bool:
        """Whether the revision would be accepted."""
        return not self.counts.errors


def compute_report(loaded: Loaded) -> Report:
    """The report on what was loaded."""
    on_object: dict[Seen, list[Diagnostic]] = {seen: [] for seen in loaded.seen}
    for seen, diagnostic in _attribute(loaded.diagnostics, loaded.seen):
        on_object[seen].append(diagnostic)
    objects = tuple((seen, _count(found)) for seen, found in on_object.items())
    return Report(loaded.diagnostics, objects, loaded.files, _count(loaded.diagnostics))


def _attribute(diagnostics: Iterable[Diagnostic], seen: Iterable[Seen]) -> Iterator[tuple[Seen, Diagnostic]]:
    """Findings with their objects; of two objects with one key, the one that began last before the finding."""
    candidates: dict[object, list[Seen]] = {}
    for each in seen:
        candidates.setdefault((each.file, each.object), []).append(each)
    for diagnostic in diagnostics:
        near = candidates.get((diagnostic.file, diagnostic.object), [])
        if near:
            # They are in the order of the file.
            yield near[max(0, bisect_right(near, diagnostic.line, key=_line) - 1)], diagnostic


def _line(seen: Seen) -> int:
    return seen.line


def _count(diagnostics: Iterable[Diagnostic]) -> Counts:
    found = list(diagnostics)
    by_severity = Counter(diagnostic.severity for diagnostic in found)
    not_yet = sum(each.severity is Severity.ERROR and each.code in NOT_YET for each in found)
    return Counts(by_severity[Severity.ERROR], by_severity[Severity.WARNING], by_severity[Severity.NOTE], not_yet)


@dataclass(frozen=True, slots=True)
class Checkout:
    """By what a service that knows the repository, and not this machine, finds a file.

    Absolute paths: `root` is the repository's checkout, `here` the folder from which files were named.
    """

    root: str
    here: str

    def path_of(self, name: str) -> str:
        """The path of a file from the root when it is below it; else the name as it is."""
        place = posixpath.normpath(posixpath.join(self.here, name))
        below = f"{self.root.rstrip('/')}/"
        return place.removeprefix(below) if place.startswith(below) else name
