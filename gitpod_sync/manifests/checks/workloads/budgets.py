"""PodDisruptionBudgets and PriorityClasses (Kubernetes: policy/v1 and scheduling/v1 validation)."""

from collections.abc import Iterator, Mapping

from gitpod_sync.manifests.checks.others.priorities import priority_given
from gitpod_sync.manifests.checks.selectors import check_selector
from gitpod_sync.manifests.diagnostics.findings import Finding
from gitpod_sync.manifests.yaml.documents import Json
from gitpod_sync.model.base.int_or_percent import IntOrPercent
from gitpod_sync.model.scheduling.priority import SYSTEM_CLASSES

_WHOLE = 100
_HIGHEST = 1_000_000_000
_OF_KUBERNETES = "system-"


def check_budget(value: Mapping[str, Json]) -> Iterator[Finding]:
    """A budget counts the pods that stay, or those that go."""
    spec: Mapping[str, Json] = value["spec"]
    if "minAvailable" in spec and "maxUnavailable" in spec:
        message = "`minAvailable` and `maxUnavailable` exclude each other"
        yield Finding("wrong-combination", ("spec", "maxUnavailable"), message, "keep one of the two", on_key=True)
    for field in ("minAvailable", "maxUnavailable"):
        if field in spec:
            share = IntOrPercent.from_json(spec[field])
            if share.percent and share.value > _WHOLE:
                yield Finding("out-of-range", ("spec", field), "more than all pods", "use at most 100%")
    yield from check_selector(spec.get("selector", {}), ("spec", "selector"))


def check_priority_class(value: Mapping[str, Json]) -> Iterator[Finding]:
    """The highest priorities, and names that begin with `system-`, are Kubernetes' own, with its two classes."""
    name = value["metadata"]["name"]
    if name in SYSTEM_CLASSES:
        yield from _check_system_class(name, value)
        return
    if name.startswith(_OF_KUBERNETES):
        message = f"names that begin with {_OF_KUBERNETES} are Kubernetes' own"
        yield Finding("wrong-format", ("metadata", "name"), message, "choose another")
    if value["value"] > _HIGHEST:
        message = f"{value['value']} is above {_HIGHEST}, the highest priority that is yours to give"
        yield Finding("out-of-range", ("value",), message, "give a lower one")


def _check_system_class(name: str, value: Mapping[str, Json]) -> Iterator[Finding]:
    there = SYSTEM_CLASSES[name]
    if priority_given("PriorityClass", value) != there:
        message = f"`{name}` is Kubernetes' own: its value is {there.value}, and its preemptionPolicy {there.policy}"
        yield Finding("wrong-priority", ("value",), message, "write it so, or take the class out: it is always there")
    if value.get("globalDefault"):
        message = f"`{name}` is Kubernetes' own, and never the default of all pods"
        yield Finding("wrong-priority", ("globalDefault",), message, "take it out")
