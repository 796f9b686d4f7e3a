"""A revision to what it asks for: the way into this room.

All diagnostics of all files are collected. One error fails the revision as a whole, because a file that cannot be read
must never look like one that was deleted.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from gitpod_sync.manifests.checks.revision.facts import Facts
from gitpod_sync.manifests.checks.revision.revision import check_revision
from gitpod_sync.manifests.checks.revision.transition import check_transition
from gitpod_sync.manifests.codes import Severity
from gitpod_sync.manifests.diagnostics.bounds import bounded_findings
from gitpod_sync.manifests.diagnostics.diagnostics import Diagnostic, about_file, has_errors
from gitpod_sync.manifests.diagnostics.naming import naming
from gitpod_sync.manifests.diagnostics.seen import Seen
from gitpod_sync.manifests.policy import DEFAULT_POLICY, Policy
from gitpod_sync.manifests.read import FileReading, read_file
from gitpod_sync.manifests.selection.selection import describe_refused, left_out, select_files
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.desired import Desired, desired_of
from gitpod_sync.model.layout import Layout
from gitpod_sync.model.revision import Revision, SourceFile

_SHORT_COMMIT = 12

_OfSource = tuple[str, Mapping[str, FileReading]]
"""A source and what its files gave, by their paths."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """The result of reading one or more revisions."""

    desired: Desired | None
    """None when one of the diagnostics is an error."""
    diagnostics: tuple[Diagnostic, ...]
    """All that is said about the revisions, up to a limit for each file."""
    seen: tuple[Seen, ...]
    """All objects, valid and invalid."""
    files: int
    """How many files were read, without those passed over."""
    faulty: frozenset[str] = frozenset()
    """Sources whose files have errors."""
    layouts: tuple[Layout, ...] = ()
    """For each source, in the order given, which valid objects it has and where."""


@dataclass(slots=True)
class DocumentCache:
    """Keeps the reading of each file: a file with the same name and content costs nothing."""

    _readings: dict[tuple[str, str], FileReading] = field(default_factory=dict)
    _used: set[tuple[str, str]] = field(default_factory=set)

    def read(self, name: str, file: SourceFile, policy: Policy) -> FileReading:
        """The reading of the file."""
        key = (name, file.blob)
        self._used.add(key)
        if key not in self._readings:
            self._readings[key] = read_file(name, file.content, policy)
        return self._readings[key]

    def forget_unused(self) -> None:
        """Forget what was not asked for since the last time."""
        self._readings = {key: self._readings[key] for key in self._used}
        self._used = set()


def load_revision(revision: Revision, cache: DocumentCache | None = None, policy: Policy = DEFAULT_POLICY) -> Loaded:
    """The reading of a single source."""
    return load_revisions([revision], cache, policy)


def load_revisions(
    revisions: Sequence[Revision],
    cache: DocumentCache | None = None,
    policy: Policy = DEFAULT_POLICY,
    previous: Sequence[Revision] = (),
    newcomers: Collection[str] = (),
) -> Loaded:
    """What all sources together ask for. With several, the files in diagnostics are named `source/path`.

    `previous` is an older state of the same sources, against which what may not change is held; none means a first one.
    Of two objects that exclude each other the newcomer is told so: the one of the sources named in `newcomers`, then
    the one that does not stand where it stood before, then the later one.
    """
    cache = cache or DocumentCache()
    before = {each.key: each for each in _facts(_read_revisions(previous, revisions, cache, policy))}
    read = _read_revisions(revisions, revisions, cache, policy)
    readings = [reading for _, of_source in read for reading in of_source.values()]
    facts = _in_order_of_coming(read, before, newcomers)
    found = [
        *(diagnostic for reading in readings for diagnostic in reading.diagnostics),
        *check_revision(facts, strict=policy.strict),
        *check_transition(before, facts),
    ]
    left_out = {reading.diagnostics[0].file: reading.left_out for reading in readings if reading.left_out}
    typed = (each for reading in readings for each in reading.typed)
    desired = None if has_errors(found) else desired_of(typed, _joined_commit(revisions))
    seen = tuple(each for reading in readings for each in reading.seen)
    # Of all that was found: what is not shown of a source is wrong with it all the same.
    faulty = frozenset() if desired else _sources_of_errors(found, revisions)
    files = sum(reading.is_read for reading in readings)
    layouts = tuple(_compute_layout(each, of_it, policy) for each, (_, of_it) in zip(revisions, read, strict=True))
    return Loaded(
        desired=desired,
        diagnostics=bounded_findings(found, left_out),
        seen=seen,
        files=files,
        faulty=faulty,
        layouts=layouts,
    )


def _read_revisions(
    revisions: Sequence[Revision], among: Sequence[Revision], cache: DocumentCache, policy: Policy
) -> Sequence[_OfSource]:
    """`among` are those whose number decides how files are named."""
    return [(each.source, dict(_read_revision(each, naming(each, among), cache, policy))) for each in revisions]


def _facts(read: Iterable[_OfSource]) -> Iterator[Facts]:
    return (each for _, readings in read for reading in readings.values() for each in reading.facts)


def _in_order_of_coming(
    read: Sequence[_OfSource], before: Mapping[Key, Facts], newcomers: Collection[str]
) -> Sequence[Facts]:
    def comes_late(each: Facts) -> bool:
        old = before.get(each.key)
        return old is None or old.file != each.file

    ordered: list[Facts] = []
    for late in (False, True):
        ordered += sorted(_facts(each for each in read if (each[0] in newcomers) is late), key=comes_late)
    return ordered


def _sources_of_errors(diagnostics: Iterable[Diagnostic], revisions: Sequence[Revision]) -> frozenset[str]:
    files = {each.file for each in diagnostics if each.severity is Severity.ERROR}
    return frozenset(
        each.source
        for each in revisions
        if not files.isdisjoint(map(naming(each, revisions), (*each.files, *each.refused)))
    )


def _read_revision(
    revision: Revision, name: Callable[[str], str], cache: DocumentCache, policy: Policy
) -> Iterator[tuple[str, FileReading]]:
    """The reading of each entry, by its path."""
    for path, said in select_files(revision.files, policy):
        if said is not None:
            yield path, FileReading(diagnostics=(replace(said, file=name(path)),), unread=f"it is {said.message}")
        else:
            yield path, cache.read(name(path), revision.files[path], policy)
    for path in sorted(revision.skipped):
        why = revision.skipped[path]
        said = about_file(Severity.NOTE, "skipped", name(path), f"not followed: {why}")
        yield path, FileReading(diagnostics=(said,), unread=why)
    for error in describe_refused(revision.refused, policy):
        yield error.file, FileReading(diagnostics=(replace(error, file=name(error.file)),))


def _joined_commit(revisions: Sequence[Revision]) -> str:
    """The full hash of the only source's commit, or the short ones of several; a source without any has no part."""
    if len(revisions) == 1:
        return revisions[0].commit
    return "+".join(revision.commit[:_SHORT_COMMIT] for revision in revisions if revision.commit)


def _compute_layout(revision: Revision, readings: Mapping[str, FileReading], policy: Policy) -> Layout:
    """Where the objects of a revision stand whose files gave these readings, and which entries give nothing."""
    files = {each.key: path for path, reading in readings.items() for each in reading.typed}
    unread = {path: reading.unread for path, reading in readings.items() if reading.unread}
    unread |= left_out(revision.files, policy)
    return Layout(revision.source, revision.commit, files, unread, (policy.include, policy.exclude))
