"""One file's bytes to its objects and diagnostics; nothing here looks at another file."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from gitpod_sync.errors import ManifestError
from gitpod_sync.manifests.checks.objects import check_object
from gitpod_sync.manifests.checks.revision.facts import Facts, facts_of, facts_of_broken
from gitpod_sync.manifests.checks.spots import Locate, Spot
from gitpod_sync.manifests.codes import Severity
from gitpod_sync.manifests.diagnostics.bounds import IN_FILE, bounded, bounded_key, gravest
from gitpod_sync.manifests.diagnostics.diagnostics import Diagnostic, about_file
from gitpod_sync.manifests.diagnostics.findings import Finding, render_path
from gitpod_sync.manifests.diagnostics.place import Place
from gitpod_sync.manifests.diagnostics.seen import Seen, object_at
from gitpod_sync.manifests.policy import Policy
from gitpod_sync.manifests.schema.as_meant import with_generated_name, with_meant_ports
from gitpod_sync.manifests.schema.defaulting import DEFAULT_SOURCE, NOT_YET, REJECTED, rules_of, settle
from gitpod_sync.manifests.schema.encrypted import MARK as ENCRYPTED
from gitpod_sync.manifests.schema.encrypted import encrypted_value
from gitpod_sync.manifests.schema.kinds import Kind
from gitpod_sync.manifests.schema.object_kinds import Item, items_of, kind_not_yet, without_meaning
from gitpod_sync.manifests.schema.objects import build
from gitpod_sync.manifests.schema.schema_messages import schema_findings
from gitpod_sync.manifests.schema.schemas import bundled_schema
from gitpod_sync.manifests.schema.support import Support
from gitpod_sync.manifests.selection.passed_over import passed_over, reason_to_pass_over
from gitpod_sync.manifests.yaml.documents import Document, Reading, read_documents
from gitpod_sync.manifests.yaml.nulls import with_nulls
from gitpod_sync.manifests.yaml.text import Flaw, read_text
from gitpod_sync.model.desired import Object

CONFIDENTIAL = "Secret"

_BLANK = re.compile(r"(?:\s|---|\.\.\.)*")
"""Nothing but the marks between documents. Comments are a person's words: what is commented out was taken out."""


@dataclass(frozen=True, slots=True)
class FileReading:
    """The result of reading one file."""

    typed: tuple[Object, ...] = ()
    """Its valid objects."""
    facts: tuple[Facts, ...] = ()
    """Of valid and invalid objects."""
    diagnostics: tuple[Diagnostic, ...] = ()
    """All that is said about it, up to a limit."""
    seen: tuple[Seen, ...] = ()
    """The objects it holds, valid or not."""
    is_read: bool = False
    """False for a file that is passed over."""
    left_out: int = 0
    """How many findings there are beyond the limit."""
    unread: str = ""
    """Why the file gives nothing although it is there; "" when it was read."""


def read_file(path: str, content: bytes, policy: Policy) -> FileReading:
    """Read one file as far as it can be read; `path` is how diagnostics name it."""
    text = read_text(content, policy.limits)
    reading = Reading((), (text,)) if isinstance(text, Flaw) else read_documents(text, policy.limits)
    reason = reason_to_pass_over(path, reading)
    if reason:
        note = passed_over(path, reason)
        return FileReading(diagnostics=(note,), unread=f"it is {note.message}")
    typed: list[Object] = []
    facts: list[Facts] = []
    seen: list[Seen] = []
    said = _Said()
    for document in reading.documents:
        items = [_as_meant(item, document) for item in items_of(document.value, policy.ignore_kinds)]
        seen += _seen(path, document, items)
        for item in items:
            if isinstance(item, Finding):
                said.add(Place(path, document), [item])
                facts += _facts_of_encrypted(item, Place(path, document, item.path[:-1]))
                continue
            place = Place(path, document, item.root, confidential=item.kind.name == CONFIDENTIAL)
            answer = _read_item(item, said.room, policy.state_dir)
            still_encrypted = encrypted_value(item.value) if ENCRYPTED in document.text else None
            if still_encrypted is not None:
                answer = _Answer([still_encrypted])
            said.add(place, answer.findings, answer.left_out)
            typed += [] if answer.built is None else [answer.built]
            facts += _facts(item, place, has_shape=answer.has_shape)
    diagnostics = (*(_of_flaw(path, flaw) for flaw in reading.flaws), *said.diagnostics())
    left_out = said.left_out + len(reading.flaws) + len(said.findings) - len(diagnostics)
    unread = "it is empty" if isinstance(text, str) and _BLANK.fullmatch(text) else ""
    found = (tuple(typed), tuple(facts), diagnostics, tuple(seen))
    return FileReading(*found, is_read=True, left_out=left_out, unread=unread)


@dataclass(slots=True)
class _Said:
    """Findings of a file, of which only the gravest get their place: looking that up for all would take long."""

    findings: list[tuple[Place, Finding]] = field(default_factory=list)
    left_out: int = 0
    _errors: int = 0

    @property
    def room(self) -> int:
        """How many mistakes of the next object are worth explaining."""
        return max(0, 2 * IN_FILE - self._errors)

    def add(self, place: Place, findings: Iterable[Finding], left_out: int = 0) -> None:
        for finding in findings:
            self.findings.append((place, finding))
            self._errors += finding.severity is Severity.ERROR
        self.left_out += left_out

    def diagnostics(self) -> Iterator[Diagnostic]:
        for place, finding in gravest(self.findings, IN_FILE, lambda each: each[1].severity):
            yield place.diagnose(finding)


def _seen(path: str, document: Document, items: Iterable[Item | Finding]) -> Iterator[Seen]:
    """Each object once, however many findings it has."""
    paths = (item.path if isinstance(item, Finding) else item.root for item in items)
    for key, root in dict.fromkeys(found for each in paths if (found := object_at(document.value, each))):
        yield Seen(bounded_key(key), path, document.locate(root).line + 1)


@dataclass(frozen=True, slots=True)
class _Answer:
    """Findings on an object, whether it is as its schema says, and the object if no finding is an error."""

    findings: list[Finding]
    has_shape: bool = False
    built: Object | None = None
    left_out: int = 0


def _read_item(item: Item, room: int, state_dir: str) -> _Answer:
    kind = item.kind
    of_shape, left_out = schema_findings(kind.name, item.value, room, confidential=kind.name == CONFIDENTIAL)
    of_support: list[Finding] = []
    settled = settle(item.value, rules_of(kind.definition), of_support)
    wrong = {finding.path for finding in of_shape}
    findings = [*of_shape, *(finding for finding in of_support if finding.path not in wrong)]
    if of_shape or left_out:
        # A source may only have been written in a wrong place.
        findings = [finding for finding in findings if finding.code != DEFAULT_SOURCE]
        return _Answer(_of_kind(kind, findings), left_out=left_out)
    findings = _of_kind(kind, [*findings, *check_object(kind.name, item.value, state_dir)])
    if kind.type is None or any(finding.severity is Severity.ERROR for finding in findings):
        return _Answer(findings, has_shape=True)
    try:
        return _Answer(findings, has_shape=True, built=build(kind.name, kind.type, settled))
    except ManifestError as error:
        return _Answer([*findings, Finding("wrong-value", (), error.message, error.remedy)], has_shape=True)


def _as_meant(item: Item | Finding, document: Document) -> Item | Finding:
    """The item with what is written in another way than the schemas know it."""
    if isinstance(item, Finding):
        return item
    if document.has_nulls:
        places = document.places_at(item.root)
        item = replace(item, value=with_nulls(item.value, places, bundled_schema(item.kind.name)))
    return with_generated_name(with_meant_ports(item))


def _of_kind(kind: Kind, findings: list[Finding]) -> list[Finding]:
    """Findings on the kind as a whole come first, and stand for all of its fields that are not honoured yet."""
    match kind.verdict.support:
        case Support.NOT_YET:
            return [kind_not_yet(kind.name, ("kind",)), *(each for each in findings if each.code != NOT_YET)]
        case Support.WITHOUT_MEANING:
            return [without_meaning(kind.name, kind.verdict.why, ("kind",)), *_errors_of_shape(findings)]
        case _:
            return findings


def _errors_of_shape(findings: list[Finding]) -> Iterator[Finding]:
    """Errors in the shape of an object without meaning: no field of it is honoured, and yet it has to be one."""
    return (each for each in findings if each.severity is Severity.ERROR and each.code not in {NOT_YET, REJECTED})


def _facts(item: Item, place: Place, *, has_shape: bool) -> Iterator[Facts]:
    about = facts_of if has_shape else facts_of_broken
    facts = about(item.kind.name, item.value, place.file, _locate_by(place))
    if facts is not None:
        yield facts


def _facts_of_encrypted(finding: Finding, place: Place) -> Iterator[Facts]:
    """An encrypted object is no missing one."""
    value = place.document.value_at(place.root)
    if finding.code == "encrypted" and isinstance(value.get("kind"), str):
        facts = facts_of_broken(value["kind"], value, place.file, _locate_by(place))
        if facts is not None:
            yield facts


def _locate_by(place: Place) -> Locate:
    return lambda path: Spot(*place.locate(path), render_path((*place.root, *path)))


def _of_flaw(path: str, flaw: Flaw) -> Diagnostic:
    if not flaw.line:
        return about_file(flaw.severity, flaw.code, path, flaw.message, flaw.hint)
    said = (bounded(flaw.message), bounded(flaw.hint))
    return Diagnostic(flaw.severity, flaw.code, path, flaw.line, flaw.column, "", *said)
