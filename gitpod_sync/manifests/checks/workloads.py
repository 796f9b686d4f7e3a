"""Controllers must be able to find, make and replace their pods (Kubernetes: apps/v1 validation)."""

from collections.abc import Iterator, Mapping

from gitpod_sync.manifests.diagnostics import Severity
from gitpod_sync.manifests.documents import Json
from gitpod_sync.manifests.findings import Finding
from gitpod_sync.model.pod import RestartPolicy
from gitpod_sync.model.selector import LabelSelector, SelectorOperator
from gitpod_sync.model.workloads import Deployment, ReplicaSet, ReplicationController, StrategyType

_WITH_VALUES = {SelectorOperator.IN, SelectorOperator.NOT_IN}
_WHOLE = 100


def check_replicas(workload: ReplicaSet | ReplicationController | Deployment) -> Iterator[Finding]:
    """The selector selects the template's pods, and these restart for ever."""
    template, selector = workload.spec.template, workload.spec.selector
    yield from _check_expressions(selector)
    if not selector.match_labels and not selector.match_expressions:
        message = "the selector is empty; it would select every pod"
        yield Finding("empty-selector", ("spec", "selector"), message, "name labels of the template")
    elif not selector.matches(template.metadata.labels):
        labels = _listed(template.metadata.labels) or "no labels"
        message = f"the selector does not select the pods of the template, which have {labels}"
        hint = "make `spec.selector` and `spec.template.metadata.labels` agree"
        yield Finding("selector-mismatch", ("spec", "selector"), message, hint)
    if template.spec.restart_policy is not RestartPolicy.ALWAYS:
        kind = workload.key.kind
        message = f"the pods of a {kind} are restarted always, not {template.spec.restart_policy}"
        path = ("spec", "template", "spec", "restartPolicy")
        yield Finding("wrong-restart-policy", path, message, "take it out, or make it a bare Pod")


def _check_expressions(selector: LabelSelector) -> Iterator[Finding]:
    for index, requirement in enumerate(selector.match_expressions):
        path = ("spec", "selector", "matchExpressions", index)
        if requirement.operator in _WITH_VALUES and not requirement.values:
            yield Finding("wrong-expression", path, f"{requirement.operator} needs values", "give at least one")
        elif requirement.operator not in _WITH_VALUES and requirement.values:
            yield Finding("wrong-expression", path, f"{requirement.operator} takes no values", "take them out")


def check_deployment(deployment: Deployment, written: Mapping[str, Json]) -> Iterator[Finding]:
    """The strategy can be followed."""
    strategy, path = deployment.spec.strategy, ("spec", "strategy", "rollingUpdate")
    if strategy.type is StrategyType.RECREATE and "rollingUpdate" in written["spec"]["strategy"]:
        message = "`rollingUpdate` goes only with type RollingUpdate"
        yield Finding("wrong-strategy", path, message, "take it out, or change the type", on_key=True)
    surge, unavailable = strategy.rolling_update.max_surge, strategy.rolling_update.max_unavailable
    if unavailable.percent and unavailable.value > _WHOLE:
        yield Finding("out-of-range", (*path, "maxUnavailable"), "more than all pods", "use at most 100%")
    if surge.value == 0 and unavailable.value == 0:
        message = "with neither surge nor unavailability nothing could be replaced: maxUnavailable is taken as 1"
        yield Finding("no-room-to-update", path, message, "write `maxUnavailable: 1`", Severity.NOTE)


def _listed(labels: Mapping[str, str]) -> str:
    return ", ".join(f"{key}={value}" for key, value in sorted(labels.items()))
