"""When a Job has failed or succeeded (Kubernetes: batch/v1 validation, podFailurePolicy and successPolicy)."""

import re
from collections.abc import Iterator, Mapping

from gitpod_sync.manifests.checks.words import listed
from gitpod_sync.manifests.codes import Severity
from gitpod_sync.manifests.diagnostics.findings import Finding
from gitpod_sync.manifests.schema.templates import Template, parts_of
from gitpod_sync.manifests.yaml.documents import FieldPath, Json

_MOST_RULES = 20
_MOST_CODES = 255
_INTERVAL = re.compile(r"(\+?[0-9]{1,10})(?:-(\+?[0-9]{1,10}))?")
_LONGEST_INDEXES = 64 * 1024


def check_failure_policy(spec: Mapping[str, Json], path: FieldPath, template: Template) -> Iterator[Finding]:
    """The pods are left as they failed, and every rule has one condition."""
    policy = template.spec.get("restartPolicy") or "Always"
    if policy == "OnFailure":
        message = "a podFailurePolicy judges pods that have failed, and OnFailure restarts them instead"
        where = (*template.spec_path, "restartPolicy")
        yield Finding("wrong-restart-policy", where, message, "write Never, or take the podFailurePolicy out")
    containers = {part.container["name"] for part in parts_of(template.spec)}
    rules, where = spec["podFailurePolicy"]["rules"], (*path, "podFailurePolicy", "rules")
    if len(rules) > _MOST_RULES:
        yield Finding("too-many", where, f"{len(rules)} rules are more than {_MOST_RULES}", "take some out")
    for index, rule in enumerate(rules):
        yield from _check_rule(rule, (*where, index), containers)
        if rule["action"] == "FailIndex" and "backoffLimitPerIndex" not in spec:
            message = "FailIndex goes only with `backoffLimitPerIndex`"
            yield Finding("wrong-combination", (*where, index, "action"), message, "add it, or write FailJob")


def _check_rule(rule: Mapping[str, Json], path: FieldPath, containers: set[str]) -> Iterator[Finding]:
    codes, conditions = rule.get("onExitCodes"), rule.get("onPodConditions") or ()
    if codes is not None and conditions:
        message = "the rule has two conditions, `onExitCodes` and `onPodConditions`"
        yield Finding("wrong-combination", path, message, "make a rule of each")
    elif codes is None and not conditions:
        yield Finding("missing-field", path, "the rule has no condition", "give `onExitCodes` or `onPodConditions`")
    if len(conditions) > _MOST_RULES:
        message = f"{len(conditions)} conditions are more than {_MOST_RULES}"
        yield Finding("too-many", (*path, "onPodConditions"), message, "take some out")
    if codes is None:
        return
    where = (*path, "onExitCodes")
    name = codes.get("containerName")
    if name is not None and name not in containers:
        message = f"the pod has no container named `{name}`"
        yield Finding("unknown-container", (*where, "containerName"), message, f"it has {listed(containers)}")
    yield from _check_codes(codes["operator"], codes["values"], (*where, "values"))


def _check_codes(operator: str, values: list[int], path: FieldPath) -> Iterator[Finding]:
    if not 1 <= len(values) <= _MOST_CODES:
        message = f"{len(values)} exit codes are none, or more than {_MOST_CODES}"
        yield Finding("out-of-range", path, message, "give the codes that matter")
    if values != sorted(set(values)):
        yield Finding("wrong-order", path, "exit codes are given once each, in order", f"write {sorted(set(values))}")
    if operator == "In" and 0 in values:
        yield Finding("out-of-range", path, "the exit code 0 is not a failure", "take it out")


def check_success_policy(spec: Mapping[str, Json], path: FieldPath) -> Iterator[Finding]:
    """The rules count existing indexes."""
    if spec.get("completionMode") != "Indexed":
        message = "a successPolicy goes only with `completionMode: Indexed`"
        yield Finding(
            "wrong-combination", (*path, "successPolicy"), message, "add the mode, or take it out", on_key=True
        )
    rules, where = spec["successPolicy"]["rules"], (*path, "successPolicy", "rules")
    if not 1 <= len(rules) <= _MOST_RULES:
        message = f"{len(rules)} rules are none, or more than {_MOST_RULES}"
        yield Finding("out-of-range", where, message, "give at least 1")
    for index, rule in enumerate(rules):
        yield from _check_success(rule, (*where, index), spec.get("completions", 0))


def _check_success(rule: Mapping[str, Json], path: FieldPath, completions: int) -> Iterator[Finding]:
    count, written = rule.get("succeededCount"), rule.get("succeededIndexes")
    if count is None and written is None:
        message = "the rule counts nothing"
        yield Finding("missing-field", path, message, "give `succeededCount` or `succeededIndexes`")
    indexes = None if written is None else count_indexes(written, completions)
    if written is not None and indexes is None:
        message = f"`{written[:60]}` are not indexes below {completions}, in order"
        yield Finding("wrong-format", (*path, "succeededIndexes"), message, "write them like 0,2-4")
    elif indexes == 0:
        message, hint = "the rule names no indexes, and is never met", "write some, like 0,2-4, or take it out"
        yield Finding("wrong-format", (*path, "succeededIndexes"), message, hint, Severity.WARNING)
    most = completions if indexes is None else indexes
    if count is not None and count > most:
        message = f"{count} are more than the {most} indexes there are"
        yield Finding("out-of-range", (*path, "succeededCount"), message, "write at most as many")


def count_indexes(written: str, completions: int) -> int | None:
    """How many indexes `0,2-4` names; None when it is not in order, or names an index that the Job does not have.

    An empty text names none.
    """
    if len(written) > _LONGEST_INDEXES:
        return None
    last, total = -1, 0
    for interval in written.split(",") if written else ():
        match = _INTERVAL.fullmatch(interval)
        first, end = (int(match[1]), int(match[2] or match[1])) if match else (-1, -1)
        if not last < first <= end < completions or (match and match[2] and first == end):
            return None
        last, total = end, total + end - first + 1
    return total
