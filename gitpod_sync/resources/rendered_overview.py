"""An overview as one screen of text, and as JSON. Pure."""

from collections.abc import Iterator, Sequence

from gitpod_sync.manifests.diagnostics.diagnostics import counted
from gitpod_sync.model.base.codec import Json
from gitpod_sync.model.desired import short_commit
from gitpod_sync.model.workloads.local_time import render_rfc3339
from gitpod_sync.redaction import redact
from gitpod_sync.resources.columns import render_age
from gitpod_sync.resources.overview import Overview, Ready, Remark, SourceStanding
from gitpod_sync.resources.tables import cell_lines, render_lines
from gitpod_sync.status.revisions import RefusedRevision

_COLUMNS = ("SOURCE", "COMMIT", "AUTHOR", "AGE", "IN FORCE", "SUBJECT")
_MOST = 8
"""Lines of what is wrong, or held, or was found in one revision: what there is more of is counted."""
_WIDEST = 48


def render_overview(overview: Overview, now: float) -> str:
    """The screen."""
    return render_lines(_lines(overview, now))


def _lines(overview: Overview, now: float) -> Iterator[str]:
    acting = f"process {overview.actor} acts" if overview.actor else "no daemon runs"
    yield f"instance {overview.instance} on {overview.engine}: {acting}"
    yield ""
    if overview.sources:
        rows = [_source_row(each, now) for each in overview.sources]
        yield from cell_lines([_COLUMNS, *rows])
    else:
        yield "no source is given"
    for each in overview.sources:
        if each.refused:
            yield from _refused(each.spec.name, each.refused, now)
    yield from overview.ahead
    yield ""
    if overview.workloads and overview.pods:
        differing = f", {counted(overview.differing, 'object')} not as in Git" if overview.differing else ""
        yield f"{_ready(overview.workloads, 'workload')}, {_ready(overview.pods, 'pod')}{differing}"
    yield from _remarks(overview.wrong, now, "look with `gitpod-sync get all -A` and `gitpod-sync diff`")
    held = (*overview.awaited, *overview.held)
    if held:
        yield ""
        yield "held:"
        yield from _remarks(held, now, "look with `gitpod-sync get all -A`")


def _source_row(source: SourceStanding, now: float) -> tuple[str, ...]:
    revision = source.revision
    commit = short_commit(source.commit) or "<none>"
    since = _age(source.since, now)
    if revision is None or not revision.commit:
        return source.spec.name, commit, "<unknown>" if source.commit else "", "", since, ""
    age = _age(revision.committed_at or None, now)
    return source.spec.name, commit, _name(revision.author) or "<none>", age, since, _cut(revision.subject)


def _refused(name: str, refused: RefusedRevision, now: float) -> Iterator[str]:
    age = render_age(refused.at, now)
    yield f"{name}: {short_commit(refused.commit)} is refused since {age}: {counted(refused.count, 'error')}"
    yield from (f"  {finding}" for finding in refused.findings[:_MOST])
    left = refused.count - min(len(refused.findings), _MOST)
    if left > 0:
        yield f"  … and {left} more; `gitpod-sync validate` shows all"


def _remarks(remarks: Sequence[Remark], now: float, more: str) -> Iterator[str]:
    for each in remarks[:_MOST]:
        since = f" (for {render_age(each.since, now)})" if each.since is not None else ""
        yield f"  {each.subject}: {each.message}{since}"
    if len(remarks) > _MOST:
        yield f"  … and {len(remarks) - _MOST} more; {more}"


def _ready(found: Ready, noun: str) -> str:
    return f"{found.ready} of {counted(found.total, noun)} ready"


def _age(at: float | None, now: float) -> str:
    return "" if at is None else render_age(at, now)


def _name(author: str) -> str:
    """Without the address."""
    return author.partition(" <")[0]


def _cut(text: str) -> str:
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"


def overview_object(overview: Overview) -> Json:
    """The same for programs, with nothing cut."""
    return {
        "instance": overview.instance,
        "engine": overview.engine,
        "process": overview.actor or None,
        "well": overview.well,
        "sources": [_source_object(each) for each in overview.sources],
        "ahead": list(overview.ahead),
        "workloads": _ready_object(overview.workloads),
        "pods": _ready_object(overview.pods),
        "differing": overview.differing,
        "wrong": [_remark_object(each) for each in overview.wrong],
        "held": [_remark_object(each) for each in (*overview.awaited, *overview.held)],
    }


def _source_object(source: SourceStanding) -> Json:
    spec, revision, refused = source.spec, source.revision, source.refused
    return {
        "name": spec.name,
        "url": redact(spec.url),
        "branch": spec.branch,
        "path": spec.path,
        "commit": source.commit or None,
        "author": revision.author if revision else None,
        "subject": revision.subject if revision else None,
        "committedAt": _moment(revision.committed_at or None if revision else None),
        "inForceSince": _moment(source.since),
        "refused": refused
        and {
            "commit": refused.commit,
            "since": _moment(refused.at),
            "errors": refused.count,
            "findings": list(refused.findings),
        },
    }


def _ready_object(found: Ready | None) -> Json:
    return None if found is None else {"ready": found.ready, "total": found.total}


def _remark_object(remark: Remark) -> Json:
    return {"subject": remark.subject, "message": remark.message, "since": _moment(remark.since)}


def _moment(at: float | None) -> str | None:
    return None if at is None else render_rfc3339(at)
