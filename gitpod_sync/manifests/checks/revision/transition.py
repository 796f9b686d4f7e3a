"""From the revision in force to the next one: what cannot change while an object lives."""

from collections.abc import Iterator, Mapping, Sequence

from gitpod_sync.manifests.checks.revision.facts import Facts
from gitpod_sync.manifests.checks.revision.immutable import Fixed
from gitpod_sync.manifests.codes import Severity
from gitpod_sync.manifests.diagnostics.diagnostics import Diagnostic
from gitpod_sync.model.base.meta import Key

_RENAME = "make the object under another name, or delete it in one commit and add it in the next"
_HINTS: Mapping[tuple[str, str], str] = {
    ("StatefulSet", "volumeClaimTemplates"): "change the claims themselves, or make the set under another name",
    ("Job", "template"): "give the Job another name: one that has begun does not change",
    ("ConfigMap", "data"): "put the new content under another name, and let the pods refer to that",
    ("Secret", "data"): "put the new content under another name, and let the pods refer to that",
}
_WHAT: Mapping[str, str] = {"data": "the content"}
_OF_SPEC_LESS = {"ConfigMap", "Secret", "PriorityClass"}


def check_transition(before: Mapping[Key, Facts], after: Sequence[Facts]) -> Iterator[Diagnostic]:
    """Changes by `after` of fields that cannot change in the objects in force, each with what to do."""
    for facts in after:
        old = before.get(facts.key)
        if old is not None and old.is_whole and facts.is_whole:
            yield from _check_fixed(old, facts)
            yield from _check_storage(old, facts)


def _check_fixed(old: Facts, new: Facts) -> Iterator[Diagnostic]:
    fields = {fixed.field: fixed for fixed in new.fixed}
    for fixed in old.fixed:
        other = fields.get(fixed.field)
        if fixed.is_held and other is not None and other.content != fixed.content and not other.is_free:
            yield _changed(old, fixed, new, other)


def _changed(old: Facts, was: Fixed, new: Facts, now: Fixed) -> Diagnostic:
    kind, field = new.key.kind, was.field
    path = field if kind in _OF_SPEC_LESS else f"spec.{field}"
    what = _WHAT.get(field, f"`{path}`")
    why = ", which is immutable," if kind in {"ConfigMap", "Secret"} and field != "type" else ""
    message = f"{what} of {new.key}{why} cannot change; in force is what stood at {old.place(was.spot)}"
    hint = _HINTS.get((kind, field), _RENAME)
    return new.diagnose("immutable-field", now.first_change(was), message, hint, Severity.ERROR)


def _check_storage(old: Facts, new: Facts) -> Iterator[Diagnostic]:
    was, now = old.storage, new.storage
    if was is not None and now is not None and now.amount < was.amount:
        message = f"{new.key} cannot be made smaller, from {was.text} to {now.text}; see {old.place(was.spot)}"
        hint = f"write {was.text}, or move the data to a new claim"
        yield new.diagnose("claim-made-smaller", now.spot, message, hint, Severity.ERROR)
