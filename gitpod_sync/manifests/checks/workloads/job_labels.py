"""The selection of a Job's pods: labels of its own making, or a selector by hand (Kubernetes: batch/v1 validation)."""

from collections.abc import Iterator, Mapping

from gitpod_sync.manifests.checks.selectors import check_selection, check_selector, selector_of
from gitpod_sync.manifests.diagnostics.findings import Finding
from gitpod_sync.manifests.schema.templates import Template
from gitpod_sync.manifests.yaml.documents import Json
from gitpod_sync.model.base.labels import CONTROLLER_UID, JOB_NAME, LEGACY_CONTROLLER_UID, LEGACY_JOB_NAME

_NAMES = (JOB_NAME, LEGACY_JOB_NAME)
_UIDS = (CONTROLLER_UID, LEGACY_CONTROLLER_UID)
_UNKNOWN = "\0"
"""Stands for the UID, which no manifest can name."""


def check_job_labels(value: Mapping[str, Json], template: Template) -> Iterator[Finding]:
    """Without `manualSelector` nothing contradicts what the Job gives to its pods."""
    spec: Mapping[str, Json] = value["spec"]
    if not spec.get("manualSelector"):
        yield from _check_generated(value["metadata"]["name"], spec, template)
    elif "selector" not in spec:
        message = "with `manualSelector` the Job needs a selector"
        yield Finding("missing-field", ("spec", "selector"), message, "add it, or take manualSelector out")
    else:
        yield from check_selection("Job", value, template)


def _check_generated(name: str, spec: Mapping[str, Json], template: Template) -> Iterator[Finding]:
    path = (*template.path, "metadata", "labels")
    for key in _NAMES:
        if template.labels.get(key, name) != name:
            message = f"the Job itself writes its name into the label `{key}` of its pods"
            yield Finding("reserved-label", (*path, key), message, f"take it out, or write `{name}`")
    for key in _UIDS:
        if key in template.labels:
            message = f"the Job itself writes its UID, which is not known yet, into the label `{key}` of its pods"
            yield Finding("reserved-label", (*path, key), message, "take it out", on_key=True)
    selector = selector_of("Job", spec, template)
    if selector is None:
        return
    wrong = list(check_selector(spec["selector"], ("spec", "selector")))
    yield from wrong
    given = {**dict.fromkeys(_NAMES, name), **dict.fromkeys(_UIDS, _UNKNOWN)}
    if not wrong and not (selector.matches(given) and selector.matches({**template.labels, **given})):
        message = "a Job finds its pods by labels that it gives them, and this selector asks for others"
        yield Finding("wrong-combination", ("spec", "selector"), message, "take it out, or add `manualSelector: true`")
