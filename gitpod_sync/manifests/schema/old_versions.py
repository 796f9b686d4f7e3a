"""Objects of an older version of their kind, rewritten to the version that has the schema."""

from collections.abc import Iterator

from gitpod_sync.manifests.diagnostics.findings import Finding
from gitpod_sync.manifests.yaml.documents import FieldPath, Json

AUTOSCALER, AUTOSCALER_V1 = "HorizontalPodAutoscaler", "autoscaling/v1"
_CPU = "targetCPUUtilizationPercentage"
_OF_V2 = ("behavior", "metrics")


def convert_autoscaler(value: dict[str, Json], root: FieldPath) -> Iterator[dict[str, Json] | Finding]:
    """An autoscaler of autoscaling/v1 as one of autoscaling/v2, or what keeps it from being one.

    Kubernetes: autoscaling/v1, HorizontalPodAutoscalerSpec: the use of CPU is all that it can hold to.
    """
    spec = value.get("spec")
    if not isinstance(spec, dict):
        yield {**value, "apiVersion": "autoscaling/v2"}
        return
    for name in _OF_V2:
        if name in spec:
            hint = "write `apiVersion: autoscaling/v2`"
            message = f"`{name}` is not a field of {AUTOSCALER_V1}"
            yield Finding("unknown-field", (*root, "spec", name), message, hint, on_key=True)
            return
    goal = spec.get(_CPU)
    if goal is not None and (not isinstance(goal, int) or isinstance(goal, bool) or goal < 1):
        yield Finding("wrong-type", (*root, "spec", _CPU), "this is not a percentage", "write a whole number, like 80")
        return
    kept = {name: item for name, item in spec.items() if name != _CPU}
    if goal is not None:
        target = {"type": "Utilization", "averageUtilization": goal}
        kept["metrics"] = [{"type": "Resource", "resource": {"name": "cpu", "target": target}}]
    yield {**value, "apiVersion": "autoscaling/v2", "spec": kept}
