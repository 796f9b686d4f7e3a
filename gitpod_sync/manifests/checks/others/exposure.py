"""Services and budgets, which act on the pods that they select."""

from collections.abc import Mapping
from dataclasses import dataclass

from gitpod_sync.manifests.checks.spots import Locate, Spot
from gitpod_sync.manifests.yaml.documents import Json


@dataclass(frozen=True, slots=True)
class Exposure:
    """The labels that are looked for, and the ports that are looked for by name in the pods that have them."""

    labels: Mapping[str, str]
    spot: Spot
    targets: tuple[tuple[str, Spot], ...] = ()


def exposure_of(kind: str, value: Mapping[str, Json], locate: Locate) -> Exposure | None:
    """The plain labels by which a Service or a PodDisruptionBudget selects; None for other selections."""
    if kind == "PodDisruptionBudget":
        selector = value["spec"].get("selector", {})
        labels = {} if selector.get("matchExpressions") else selector.get("matchLabels", {})
        return Exposure(dict(labels), locate(("spec", "selector"))) if labels else None
    if kind != "Service" or value["spec"].get("type") == "ExternalName" or not value["spec"].get("selector"):
        return None
    targets = tuple(
        (port["targetPort"], locate(("spec", "ports", index, "targetPort")))
        for index, port in enumerate(value["spec"].get("ports", ()))
        if isinstance(port.get("targetPort"), str)
    )
    return Exposure(dict(value["spec"]["selector"]), locate(("spec", "selector")), targets)
