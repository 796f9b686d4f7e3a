"""HorizontalPodAutoscalers (Kubernetes: autoscaling/v2 validation)."""

from collections.abc import Iterator, Mapping

from gitpod_sync.manifests.codes import Severity
from gitpod_sync.manifests.diagnostics.findings import Finding
from gitpod_sync.manifests.yaml.documents import FieldPath, Json
from gitpod_sync.model.base.quantity import Quantity
from gitpod_sync.model.kinds import Role, kinds_with

_SCALABLE = kinds_with(Role.SCALABLE)
_SOURCES = {"Resource": "resource", "ContainerResource": "containerResource"}
_GOALS = {"Utilization": "averageUtilization", "AverageValue": "averageValue"}
_LONGEST_WINDOW = 3600
_LONGEST_PERIOD = 1800


def check_autoscaler(value: Mapping[str, Json]) -> Iterator[Finding]:
    """The limits agree, the target can be scaled, and every metric says what it is held to."""
    spec: Mapping[str, Json] = value["spec"]
    if spec.get("minReplicas", 1) > spec["maxReplicas"]:
        message = f"`minReplicas` is {spec['minReplicas']}, more than the {spec['maxReplicas']} of `maxReplicas`"
        yield Finding("wrong-combination", ("spec", "minReplicas"), message, "lower it, or raise `maxReplicas`")
    kind = spec["scaleTargetRef"]["kind"]
    if kind not in _SCALABLE:
        message, hint = f"a {kind} has no replicas to scale", f"name one of {', '.join(_SCALABLE)}"
        yield Finding("wrong-choice", ("spec", "scaleTargetRef", "kind"), message, hint)
    for index, metric in enumerate(spec.get("metrics", ())):
        yield from _check_metric(metric, ("spec", "metrics", index))
    for direction, rules in sorted(spec.get("behavior", {}).items()):
        yield from _check_rules(rules, ("spec", "behavior", direction))


def _check_metric(metric: Mapping[str, Json], path: FieldPath) -> Iterator[Finding]:
    wanted = _SOURCES.get(metric["type"])
    if wanted is None:
        return  # refused by the schema
    for field in sorted(set(_SOURCES.values()) & metric.keys() - {wanted}):
        message = f"`{field}` does not go with the type {metric['type']}"
        yield Finding("wrong-combination", (*path, field), message, "take it out, or change the type", on_key=True)
    if wanted not in metric:
        message = f"a metric of type {metric['type']} needs `{wanted}`"
        yield Finding("missing-field", (*path, "type"), message, f"add `{wanted}`")
    else:
        yield from _check_goal(metric[wanted]["target"], (*path, wanted, "target"))


def _check_goal(target: Mapping[str, Json], path: FieldPath) -> Iterator[Finding]:
    wanted, given = _GOALS.get(target["type"]), sorted(set(_GOALS.values()) & target.keys())
    for field in given:
        if field != wanted and wanted is not None:
            yield _other_goal(field, target["type"], (*path, field), alone=len(given) == 1)
    if not given and wanted is not None:
        message = f"a target of type {target['type']} needs `{wanted}`"
        yield Finding("missing-field", (*path, "type"), message, f"add `{wanted}`")
    if "averageValue" in target and Quantity.parse(target["averageValue"]).amount == 0:
        hint = "use an amount above 0, like 100m or 64Mi"
        yield Finding("out-of-range", (*path, "averageValue"), "nothing can be held to an average of 0", hint)


def _other_goal(field: str, kind: str, path: FieldPath, *, alone: bool) -> Finding:
    """Two goals contradict each other; one counts, whatever the type."""
    if not alone:
        message = f"`{field}` does not go with the type {kind}"
        return Finding("wrong-combination", path, message, "take it out, or change the type", on_key=True)
    meant = next(word for word, goal in _GOALS.items() if goal == field)
    message = f"`{field}` is what counts, whatever the type: it is a goal of type {meant}"
    return Finding("wrong-combination", path, message, f"write `type: {meant}`", Severity.WARNING, on_key=True)


def _check_rules(rules: Mapping[str, Json], path: FieldPath) -> Iterator[Finding]:
    if rules.get("stabilizationWindowSeconds", 0) > _LONGEST_WINDOW:
        hint = f"use at most {_LONGEST_WINDOW}"
        yield Finding("out-of-range", (*path, "stabilizationWindowSeconds"), "the window is longer than an hour", hint)
    for index, policy in enumerate(rules.get("policies", ())):
        if policy["periodSeconds"] > _LONGEST_PERIOD:
            message, hint = "the period is longer than half an hour", f"use at most {_LONGEST_PERIOD}"
            yield Finding("out-of-range", (*path, "policies", index, "periodSeconds"), message, hint)
