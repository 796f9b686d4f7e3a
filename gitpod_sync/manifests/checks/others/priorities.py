"""Priorities that pods state beside their class's (Kubernetes: the admission plugin Priority)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gitpod_sync.manifests.checks.spots import Locate, Spot
from gitpod_sync.manifests.schema.templates import Template
from gitpod_sync.manifests.yaml.documents import Json
from gitpod_sync.model.scheduling.priority import PreemptionPolicy, Priority

_TAKE_OUT = "take it out, or name a class that gives it"


@dataclass(frozen=True, slots=True)
class AskedPriority:
    """The class that pods name ("" for none), and what they say themselves, with its places."""

    class_name: str
    value: int | None
    value_spot: Spot
    policy: str
    policy_spot: Spot


def priority_given(kind: str, value: Mapping[str, Json]) -> Priority | None:
    """The priority of a class's pods; None for other kinds."""
    if kind != "PriorityClass":
        return None
    return Priority(value["value"], PreemptionPolicy(value.get("preemptionPolicy") or PreemptionPolicy.LOWER))


def priority_asked(template: Template, locate: Locate) -> AskedPriority | None:
    """The priority that pods state themselves; None when they state none that could disagree."""
    spec, path = template.spec, template.spec_path
    value, policy = spec.get("priority"), spec.get("preemptionPolicy") or ""
    if value is None and not policy:
        return None
    spots = locate((*path, "priority")), locate((*path, "preemptionPolicy"))
    return AskedPriority(spec.get("priorityClassName") or "", value, spots[0], policy, spots[1])


def disagreements(
    asked: AskedPriority, given: Mapping[str, Priority], standard: Priority
) -> Iterator[tuple[Spot, str, str]]:
    """Place, message and hint of each disagreement. A missing class is reported elsewhere."""
    expected = given.get(asked.class_name) if asked.class_name else standard
    if expected is None:
        return
    source = f"PriorityClass {asked.class_name} gives" if asked.class_name else "without a priorityClassName it is"
    if asked.value is not None and asked.value != expected.value:
        message = f"a priority of {asked.value} is not what applies: {source} {expected.value}"
        yield asked.value_spot, message, _TAKE_OUT
    if asked.policy and asked.policy != expected.policy:
        message = f"a preemptionPolicy of {asked.policy} is not what applies: {source} {expected.policy}"
        yield asked.policy_spot, message, _TAKE_OUT
