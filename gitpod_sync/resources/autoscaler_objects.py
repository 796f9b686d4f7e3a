"""autoscaling/v2 HorizontalPodAutoscalers for `get -o json|yaml`: what was asked, and a status. Pure.

Source of the words: Kubernetes, pkg/controller/podautoscaler.
"""

from gitpod_sync.model.base.codec import Json, encode
from gitpod_sync.model.workloads.autoscaling import AutoscalerRecord, Limit, MetricType, Pace, Reading
from gitpod_sync.model.workloads.local_time import render_rfc3339
from gitpod_sync.plan.workloads.autoscale import metric_words
from gitpod_sync.resources.autoscaler_items import AutoscalerItem
from gitpod_sync.resources.written import metadata_of, object_of

_PACES = {
    Pace.READY: "recommended size matches current size",
    Pace.RESCALED: "the HPA controller was able to update the target scale to {replicas}",
    Pace.UP_STABILIZED: "recent recommendations were lower than current one, applying the lowest recent recommendation",
    Pace.DOWN_STABILIZED: (
        "recent recommendations were higher than current one, applying the highest recent recommendation"
    ),
}
_LIMITS = {
    Limit.NONE: "the desired count is within the acceptable range",
    Limit.TOO_FEW: "the desired replica count is less than the minimum replica count",
    Limit.TOO_MANY: "the desired replica count is more than the maximum replica count",
    Limit.UP: "the desired replica count is increasing faster than the maximum scale rate",
    Limit.DOWN: "the desired replica count is decreasing faster than the maximum scale rate",
}


def autoscaler_object(item: AutoscalerItem) -> Json:
    """An autoscaling/v2 HorizontalPodAutoscaler."""
    record = item.record
    metadata = metadata_of(item.autoscaler.metadata, record.began_at or None)
    status: Json = {"currentReplicas": item.replicas, "desiredReplicas": record.replicas or 0}
    if record.scaled_at:
        status["lastScaleTime"] = render_rfc3339(record.scaled_at)
    status["currentMetrics"] = [_current(each) for each in item.readings if each.average is not None]
    status["conditions"] = _conditions(item)
    return object_of(item.autoscaler.key.kind, metadata, encode(item.autoscaler.spec), status)


def _current(reading: Reading) -> Json:
    source, metric = reading.metric.source, reading.metric
    current: Json = {"averageValue": f"{reading.average}{'m' if source.name == 'cpu' else ''}"}
    if source.target.by_share:
        current["averageUtilization"] = reading.share
    if metric.type is MetricType.RESOURCE:
        return {"type": metric.type.value, "resource": {"name": source.name, "current": current}}
    inner = {"name": source.name, "container": source.container, "current": current}
    return {"type": metric.type.value, "containerResource": inner}


def _conditions(item: AutoscalerItem) -> list[Json]:
    """AbleToScale, ScalingActive, ScalingLimited; the last of them once it has scaled or left things be on purpose."""
    record = item.record
    if record.replicas is None:
        able = _condition("AbleToScale", "SucceededGetScale", "the HPA controller was able to get the target's scale")
        failed = _condition("AbleToScale", "FailedGetScale", item.scaling.problem, holds=False)
        disabled = _condition("ScalingActive", "ScalingDisabled", item.scaling.problem, holds=False)
        return [able, disabled] if item.scaling.disabled else [failed]
    pace = _condition("AbleToScale", record.pace.value, _PACES[record.pace].format(replicas=record.replicas))
    active = _active(item)
    if not record.found or all(each.replicas is None for each in item.readings):
        return [pace, active]
    limited = record.limit is not Limit.NONE
    limit = _condition("ScalingLimited", record.limit.value, _LIMITS[record.limit], holds=limited)
    return [pace, active, limit]


def _active(item: AutoscalerItem) -> Json:
    told = [each for each in item.readings if each.replicas is not None]
    if told:
        asking = max(told, key=lambda each: each.replicas or 0)
        message = f"the HPA was able to successfully calculate a replica count from {metric_words(asking.metric)}"
        return _condition("ScalingActive", "ValidMetricFound", message)
    why = next((each.reason for each in item.readings if each.reason), _unmeasured(item.record))
    return _condition("ScalingActive", "FailedGetResourceMetric", why, holds=False)


def _unmeasured(record: AutoscalerRecord) -> str:
    return "the metric was not measured yet" if record.looked_at else "nothing was measured yet"


def _condition(kind: str, reason: str, message: str, *, holds: bool = True) -> Json:
    return {"type": kind, "status": str(holds), "reason": reason, "message": message}
