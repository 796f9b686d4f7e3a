"""Label selectors that can be understood and select what is meant (Kubernetes: apimachinery validation)."""

from collections.abc import Iterator, Mapping

from gitpod_sync.manifests.checks.words import labels_in_words
from gitpod_sync.manifests.diagnostics.findings import Finding, render_path
from gitpod_sync.manifests.schema.templates import Template
from gitpod_sync.manifests.yaml.documents import FieldPath, Json
from gitpod_sync.model.base.codec import decode
from gitpod_sync.model.base.selector import LabelSelector

_WITH_VALUES = {"In", "NotIn"}


def check_selector(written: Mapping[str, Json], path: FieldPath) -> Iterator[Finding]:
    """`In` and `NotIn` compare with values, `Exists` and `DoesNotExist` with none."""
    for index, requirement in enumerate(written.get("matchExpressions", [])):
        yield from check_values(requirement, (*path, "matchExpressions", index))


def check_values(requirement: Mapping[str, Json], path: FieldPath) -> Iterator[Finding]:
    """An expression has values if its operator compares with any."""
    operator, values = requirement["operator"], requirement.get("values")
    if operator in _WITH_VALUES and not values:
        yield Finding("wrong-expression", path, f"{operator} needs values", "give at least one")
    elif operator not in _WITH_VALUES and values:
        yield Finding("wrong-expression", path, f"{operator} takes no values", "take them out")


def selector_of(kind: str, spec: Mapping[str, Json], template: Template) -> LabelSelector | None:
    """What selects a controller's pods, or None when the controller makes it up itself (a Job).

    A ReplicationController has plain labels; without any, the template's labels select.
    """
    written = spec.get("selector")
    if kind == "ReplicationController":
        return LabelSelector(written or template.labels)
    return None if written is None else decode(LabelSelector, written)


def check_selection(kind: str, value: Mapping[str, Json], template: Template) -> Iterator[Finding]:
    """The selector of a controller selects the pods of its template, and not every pod."""
    spec: Mapping[str, Json] = value["spec"]
    path = ("spec", "selector")
    selector = selector_of(kind, spec, template)
    if selector is None:
        return
    wrong = [] if kind == "ReplicationController" else list(check_selector(spec["selector"], path))
    yield from wrong
    if not selector.match_labels and not selector.match_expressions:
        yield Finding(
            "empty-selector", path, "the selector is empty; it would select every pod", "name labels of the template"
        )
    elif not wrong and not selector.matches(template.labels):
        yield _mismatch(selector, template, path)


def _mismatch(selector: LabelSelector, template: Template, path: FieldPath) -> Finding:
    """The finding stands at the labels, which may change: the selector of what runs cannot."""
    missing = dict(selector.match_labels.items() - template.labels.items())
    asked = labels_in_words(missing) if missing else "what its expressions say"
    message = f"the pods have {labels_in_words(template.labels)}, where `{render_path(path)}` asks for {asked}"
    hint = f"write {asked}" if missing else "make the labels and the selector agree"
    wrong = [key for key in missing if key in template.labels]
    where = (*template.path, "metadata", "labels", *(wrong if len(wrong) == 1 else ()))
    return Finding("selector-mismatch", where, message, hint, beside=path)
