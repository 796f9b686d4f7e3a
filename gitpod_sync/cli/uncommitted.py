"""Words for what a person may look for in vain, because it is not what is read, or not in force."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress

from gitpod_sync.errors import SourceError
from gitpod_sync.loop.revisions.in_force import Sources, whose
from gitpod_sync.manifests.policy import Policy
from gitpod_sync.manifests.selection.patterns import compile_patterns
from gitpod_sync.model.desired import short_commit
from gitpod_sync.model.removal import Removal
from gitpod_sync.model.revision import Revision
from gitpod_sync.sources.protocol import WorkTree
from gitpod_sync.status.revisions import RefusedRevision

_MOST_FILES = 5


def tell_uncommitted(sources: Sources, read: Sequence[Revision], policy: Policy) -> Iterator[str]:
    """A line for each source whose work tree is not what is `read`."""
    choice = compile_patterns(policy.include, policy.exclude)
    revisions, specs = {each.source: each for each in read}, [spec for spec, _ in sources]
    for spec, source in sources:
        commit, tree = revisions[spec.name].commit, WorkTree()
        # What is only beside it is no reason to fail.
        with suppress(SourceError, OSError):
            tree = source.work_tree(revisions[spec.name])
        files = [
            f"{path} ({what})"
            for path, what in tree.differences.items()
            if choice.takes(path) and not choice.hides(path)
        ]
        if tree.branch:
            followed = f"branch {spec.branch} at {short_commit(commit)} is read"
            yield f"{whose(spec, specs)}{followed}; the work tree has {tree.branch} checked out"
        elif files:
            more = f" and {len(files) - _MOST_FILES} more" if len(files) > _MOST_FILES else ""
            what = ", ".join(files[:_MOST_FILES])
            yield f"{whose(spec, specs)}{short_commit(commit)} is read; not committed, and so not read: {what}{more}"


def tell_ahead(
    sources: Sources, good: Mapping[str, str], refused: Mapping[str, RefusedRevision], held: Iterable[Removal]
) -> Iterator[str]:
    """A line for each source that has moved on from what is in force, while nobody follows it.

    What is refused, or held until somebody approves, was met already, and is told as that.
    """
    met = {*((key, each.commit) for key, each in refused.items()), *((each.source, each.commit) for each in held)}
    specs = [spec for spec, _ in sources]
    for spec, source in sources:
        head = None
        with suppress(SourceError):
            head = source.head() if spec.key in good else None
        if head is None or head == good[spec.key] or (spec.key, head) in met:
            continue
        moved = f"{whose(spec, specs)}the newest revision is {short_commit(head)}"
        remedy = "no daemon runs; `sync` or `run` takes it on if it is valid"
        yield f"{moved}, {short_commit(good[spec.key])} is in force, and {remedy}"
