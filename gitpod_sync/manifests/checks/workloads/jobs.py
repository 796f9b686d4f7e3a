"""Jobs that can end (Kubernetes: batch/v1 validation, JobSpec)."""

from collections.abc import Iterator, Mapping

from gitpod_sync.manifests.checks.workloads.controllers import check_sharing
from gitpod_sync.manifests.checks.workloads.job_labels import check_job_labels
from gitpod_sync.manifests.checks.workloads.job_policies import check_failure_policy, check_success_policy
from gitpod_sync.manifests.codes import Severity
from gitpod_sync.manifests.diagnostics.findings import Finding
from gitpod_sync.manifests.schema.templates import Template, template_of
from gitpod_sync.manifests.yaml.documents import FieldPath, Json
from gitpod_sync.model.base.labels import IMAGE_POLL, RESTART_ON_CONFIG_CHANGE

_LONGEST_NAME = 63
_MOST_AT_ONCE = 100_000
_MANY_COMPLETIONS = 100_000
_MOST_AT_ONCE_OF_MANY = 10_000


def check_job(value: Mapping[str, Json]) -> Iterator[Finding]:
    """Findings on a Job."""
    template = template_of("Job", value)
    if template is None:
        return
    spec: Mapping[str, Json] = value["spec"]
    yield from _check_name(value["metadata"]["name"], spec)
    yield from check_job_labels(value, template)
    yield from check_job_spec(spec, ("spec",), template)


def check_job_spec(spec: Mapping[str, Json], path: FieldPath, template: Template) -> Iterator[Finding]:
    """Findings on the spec of a Job, or of the Jobs that a CronJob makes, without its selector."""
    policy = template.spec.get("restartPolicy") or "Always"
    if policy == "Always":
        message = "the pods of a Job end: their restartPolicy is OnFailure or Never"
        given = "restartPolicy" in template.spec
        said = f"{message}, not Always" if given else f"{message}, and Always if it is not given"
        yield Finding("wrong-restart-policy", (*template.spec_path, "restartPolicy"), said, "write one of the two")
    if policy == "OnFailure" and "backoffLimitPerIndex" in spec and "podFailurePolicy" not in spec:
        message = "a backoffLimitPerIndex counts pods that have failed, and OnFailure restarts their containers instead"
        hint = "write Never, or take the backoffLimitPerIndex out"
        where = (*template.spec_path, "restartPolicy")
        yield Finding("wrong-restart-policy", where, message, hint, Severity.WARNING)
    yield from _check_indexes(spec, path)
    if "podFailurePolicy" in spec:
        yield from check_failure_policy(spec, path, template)
    if "successPolicy" in spec:
        yield from check_success_policy(spec, path)
    if "podFailurePolicy" in spec and spec.get("podReplacementPolicy") == "TerminatingOrFailed":
        message = "with a podFailurePolicy a pod is replaced only once it has failed"
        yield Finding("wrong-combination", (*path, "podReplacementPolicy"), message, "write Failed, or take it out")
    yield from _check_followed(spec, template)
    yield from check_sharing(_at_once(spec), "pods at once", template)


def _check_followed(spec: Mapping[str, Json], template: Template) -> Iterator[Finding]:
    """Notes on annotations that follow changes: a Job that has begun does not change, and is not done again."""
    annotations = spec["template"].get("metadata", {}).get("annotations", {})
    for key in (IMAGE_POLL, RESTART_ON_CONFIG_CHANGE):
        if annotations.get(key) == "true":
            path = (*template.path, "metadata", "annotations", key)
            message = f"`{key}` has no meaning here: a Job that has begun does not change"
            yield Finding("without-meaning", path, message, severity=Severity.NOTE, on_key=True)


def _at_once(spec: Mapping[str, Json]) -> int:
    parallelism: int = spec.get("parallelism", 1)
    completions: int = spec.get("completions", parallelism)
    return min(parallelism, completions)


def _check_name(name: str, spec: Mapping[str, Json]) -> Iterator[Finding]:
    """The name becomes a label of the pods, and with an index their host name."""
    is_indexed, completions = spec.get("completionMode") == "Indexed", spec.get("completions", 0)
    longest = f"{name}-{completions - 1}" if is_indexed and completions else name
    path = ("metadata", "name")
    if len(longest) > _LONGEST_NAME:
        what = f"`{longest}`, the name of its last pod," if is_indexed else f"`{name}`"
        message = f"{what} has {len(longest)} characters"
        yield Finding("too-long", path, message, f"use at most {_LONGEST_NAME - len(longest) + len(name)}")
    elif is_indexed and completions and "." in name:
        message = "the pods of an indexed Job are named as hosts, which have no '.' in their names"
        yield Finding("wrong-format", path, message, "use '-' instead")


def _check_indexes(spec: Mapping[str, Json], path: FieldPath) -> Iterator[Finding]:
    completions = spec.get("completions")
    most, per_index = spec.get("maxFailedIndexes"), spec.get("backoffLimitPerIndex")
    if spec.get("completionMode") != "Indexed":
        for field in ("backoffLimitPerIndex", "maxFailedIndexes"):
            if field in spec:
                message = f"`{field}` goes only with `completionMode: Indexed`"
                yield Finding("wrong-combination", (*path, field), message, "take it out, or add the mode", on_key=True)
        return
    if completions is None:
        message = "a Job with `completionMode: Indexed` has as many indexes as completions, and none are given"
        yield Finding("missing-field", (*path, "completions"), message, "add `completions`")
        return
    if most is not None and per_index is None:
        message = "`maxFailedIndexes` goes only with `backoffLimitPerIndex`, which says when an index has failed"
        yield Finding("missing-field", (*path, "backoffLimitPerIndex"), message, "add it")
    if most is not None and most > completions:
        message = f"{most} indexes are more than the {completions} there are"
        yield Finding("out-of-range", (*path, "maxFailedIndexes"), message, "write at most as many")
    yield from _check_width(spec, path, completions, many=completions > _MANY_COMPLETIONS and per_index is not None)


def _check_width(spec: Mapping[str, Json], path: FieldPath, completions: int, *, many: bool) -> Iterator[Finding]:
    allowed = _MOST_AT_ONCE_OF_MANY if many else _MOST_AT_ONCE
    parallelism = spec.get("parallelism", 1)
    if parallelism > allowed:
        message = f"{parallelism} pods at once are more than the {allowed} of a Job with {completions} indexes"
        yield Finding("out-of-range", (*path, "parallelism"), message, "write less")
    if many and not 0 <= spec.get("maxFailedIndexes", -1) <= _MOST_AT_ONCE_OF_MANY:
        message = f"with {completions} indexes a Job stops at {_MOST_AT_ONCE_OF_MANY} failed ones at the latest"
        yield Finding("out-of-range", (*path, "maxFailedIndexes"), message, "say when")
