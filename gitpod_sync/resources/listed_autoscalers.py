"""HorizontalPodAutoscalers as `get` lists them, in kubectl's columns. Pure."""

from gitpod_sync.model.workloads.autoscaling import Metric, Reading
from gitpod_sync.resources.autoscaler_items import AutoscalerItem
from gitpod_sync.resources.columns import Cells, Row, render_age

AUTOSCALER_COLUMNS: Cells = ("NAME", "REFERENCE", "TARGETS", "MINPODS", "MAXPODS", "REPLICAS", "AGE")


def autoscaler_row(item: AutoscalerItem, now: float) -> Row:
    """An autoscaler."""
    key, spec = item.autoscaler.key, item.autoscaler.spec
    cells = (
        f"{spec.scale_target_ref.kind}/{spec.scale_target_ref.name}",
        ", ".join(map(render_target, item.readings)),
        str(spec.min_replicas),
        str(spec.max_replicas),
        str(item.replicas),
        render_age(item.record.began_at or None, now),
    )
    return Row(key.namespace, key.name, cells)


def render_target(reading: Reading) -> str:
    """`cpu: 75%/50%`, `memory: 120Mi/100Mi`, `cpu: <unknown>/80%`."""
    source = reading.metric.source
    return f"{source.name}: {render_current(reading)}/{render_goal(reading.metric)}"


def render_current(reading: Reading) -> str:
    """The metric as found: `75%` or `120Mi`."""
    source = reading.metric.source
    if source.target.by_share:
        return "<unknown>" if reading.share is None else f"{reading.share}%"
    return "<unknown>" if reading.average is None else render_amount(reading.average, source.name)


def render_goal(metric: Metric) -> str:
    """The metric's target, as it was written."""
    target = metric.source.target
    return f"{target.average_utilization}%" if target.average_value is None else target.average_value.text


def render_amount(average: int, resource: str) -> str:
    """Millicores, or bytes in the largest unit that says them exactly."""
    if resource == "cpu":
        return f"{average}m"
    for size, unit in ((1024**3, "Gi"), (1024**2, "Mi"), (1024, "Ki")):
        if average and average % size == 0:
            return f"{average // size}{unit}"
    return str(average)
