"""Findings that only the text of a file explains: how a value was written, and templates that were left in."""

from dataclasses import replace

from gitpod_sync.manifests.codes import Severity
from gitpod_sync.manifests.diagnostics.findings import Finding
from gitpod_sync.manifests.yaml.documents import Document, FieldPath, Json
from gitpod_sync.manifests.yaml.syntax import RENDER_TEMPLATES

_QUOTE_IT = "quote it"
_TEMPLATES = (("{{", "}}"), ("{%", "%}"), ("${", "}"))


def as_written(finding: Finding, document: Document, path: FieldPath, *, confidential: bool) -> Finding:
    """The finding about the value at the path of the document, with the value as it was written."""
    if finding.severity is not Severity.ERROR or not path:
        return finding
    value = path[-1] if finding.on_key else document.value_at(path)
    if isinstance(value, str):
        return _left_in(finding) if _is_template(value) else finding
    if finding.code in {"wrong-type", "wrong-choice"} and not confidential and isinstance(value, bool | int | float):
        return _read_as(finding, document.written_at(path), value)
    return finding


def _is_template(value: str) -> bool:
    return any(opening in value and closing in value for opening, closing in _TEMPLATES)


def _left_in(finding: Finding) -> Finding:
    place = "the key" if finding.on_key else "the value"
    return replace(finding, code="template", message=f"{place} is a template", hint=RENDER_TEMPLATES)


def _read_as(finding: Finding, written: str, value: Json) -> Finding:
    """`yes` is read as true: kubectl's rules are not what everybody expects."""
    read = str(value).lower() if isinstance(value, bool) else str(value)
    if not written:
        return finding
    message = finding.message if written == read else f"{finding.message}: `{written}` is read as {read}"
    quoted = f'{_QUOTE_IT}: "{written}"'
    return replace(finding, message=message, hint=finding.hint.replace(_QUOTE_IT, quoted, 1))
