"""A revision to what it asks for: the way into this room.

All diagnostics of all files are collected. One error fails the revision as a whole, because a file that cannot be read
must never look like one that was deleted.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from gitpod_sync.manifests.checks.facts import Facts
from gitpod_sync.manifests.checks.revision import check_revision
from gitpod_sync.manifests.checks.transition import check_transition
from gitpod_sync.manifests.diagnostics import Diagnostic, Severity, has_errors, in_order
from gitpod_sync.manifests.naming import naming
from gitpod_sync.manifests.policy import DEFAULT_POLICY, Policy
from gitpod_sync.manifests.read import FileReading, read_file
from gitpod_sync.manifests.seen import Seen
from gitpod_sync.manifests.selection import describe_refused, select_files
from gitpod_sync.model.desired import Config, Desired, Object
from gitpod_sync.model.jobs import CronJob
from gitpod_sync.model.meta import Key
from gitpod_sync.model.revision import Revision
from gitpod_sync.model.workloads import Workload

_SHORT_COMMIT = 12


@dataclass(frozen=True, slots=True)
class Loaded:
    """`desired` is None when one of the `diagnostics` is an error. `seen` has valid objects and invalid ones.

    `files` is the number of files that were read, without those passed over.
    """

    desired: Desired | None
    diagnostics: tuple[Diagnostic, ...]
    seen: tuple[Seen, ...]
    files: int


@dataclass(slots=True)
class DocumentCache:
    """Keeps what the files of a source's last revision gave, so that an unchanged file costs nothing."""

    _readings: dict[str, dict[tuple[str, str], FileReading]] = field(default_factory=dict)

    def of(self, source: str) -> dict[tuple[str, str], FileReading]:
        """The readings of a source by the name and the blob of their file."""
        return self._readings.get(source, {})

    def keep(self, source: str, readings: dict[tuple[str, str], FileReading]) -> None:
        """Keep these readings of the source and forget its others."""
        self._readings[source] = readings


def load_revision(revision: Revision, cache: DocumentCache | None = None, policy: Policy = DEFAULT_POLICY) -> Loaded:
    """What the one source asks for."""
    return load_revisions([revision], cache, policy)


def load_revisions(
    revisions: Sequence[Revision],
    cache: DocumentCache | None = None,
    policy: Policy = DEFAULT_POLICY,
    previous: Sequence[Revision] = (),
) -> Loaded:
    """What all sources together ask for. With several, the files in diagnostics are named `source/path`.

    `previous` is an older state of the same sources, against which what may not change is held; none means a first one.
    """
    cache = cache or DocumentCache()
    # The older state first: the cache holds its files until those of the newer one are kept.
    before = {each.key: each for each in _facts(_read_revisions(previous, cache, policy))}
    readings = _read_revisions(revisions, cache, policy, keep=True)
    facts = _facts(readings)
    said = [diagnostic for reading in readings for diagnostic in reading.diagnostics]
    between = [*check_revision(facts, strict=policy.strict), *check_transition(before, facts)]
    diagnostics = in_order([*said, *between])
    typed = (each for reading in readings for each in reading.typed)
    desired = None if has_errors(diagnostics) else _desired(typed, _joined_commit(revisions))
    seen = tuple(each for reading in readings for each in reading.seen)
    return Loaded(desired, diagnostics, seen, sum(reading.is_read for reading in readings))


def _read_revisions(
    revisions: Sequence[Revision], cache: DocumentCache, policy: Policy, *, keep: bool = False
) -> list[FileReading]:
    readings: list[FileReading] = []
    for revision in revisions:
        readings += _read_revision(revision, naming(revision, revisions), cache, policy, keep=keep)
    return readings


def _facts(readings: Iterable[FileReading]) -> list[Facts]:
    return [each for reading in readings for each in reading.facts]


def _read_revision(
    revision: Revision, name: Callable[[str], str], cache: DocumentCache, policy: Policy, *, keep: bool
) -> Iterator[FileReading]:
    before = cache.of(revision.source)
    readings: dict[tuple[str, str], FileReading] = {}
    for path, said in select_files(revision.files, policy):
        if said is not None:
            yield FileReading(diagnostics=(replace(said, file=name(path)),))
            continue
        file = revision.files[path]
        key = (name(path), file.blob)
        readings[key] = before.get(key) or read_file(name(path), file.content, policy)
        yield readings[key]
    if keep:
        cache.keep(revision.source, readings)
    for path in sorted(revision.skipped):
        message = f"not followed: {revision.skipped[path]}"
        yield FileReading(diagnostics=(Diagnostic(Severity.NOTE, "skipped", name(path), 0, 0, "", message),))
    for error in describe_refused(revision.refused, policy):
        yield FileReading(diagnostics=(replace(error, file=name(error.file)),))


def _desired(objects: Iterable[Object], commit: str) -> Desired:
    workloads: dict[Key, Workload] = {}
    configs: dict[Key, Config] = {}
    cron_jobs: dict[Key, CronJob] = {}
    for key, item in sorted(((each.key, each) for each in objects), key=_by_key):
        if isinstance(item, Config):
            configs[key] = item
        elif isinstance(item, CronJob):
            cron_jobs[key] = item
        else:
            workloads[key] = item
    return Desired(commit, workloads, configs, cron_jobs)


def _by_key(entry: tuple[Key, object]) -> tuple[str, str, str]:
    key = entry[0]
    return (key.kind, key.namespace, key.name)


def _joined_commit(revisions: Sequence[Revision]) -> str:
    """The full hash of the only source's commit, or the short ones of several."""
    if len(revisions) == 1:
        return revisions[0].commit
    return "+".join(revision.commit[:_SHORT_COMMIT] for revision in revisions)
