"""A HorizontalPodAutoscaler and what happened to it as kubectl describes it. Pure."""

from collections.abc import Iterator, Sequence

from gitpod_sync.model.records.event import RecordedEvent
from gitpod_sync.model.workloads.autoscaling import Reading, ScalingRules
from gitpod_sync.model.workloads.local_time import render_rfc3339
from gitpod_sync.resources.autoscaler_items import AutoscalerItem
from gitpod_sync.resources.autoscaler_objects import autoscaler_object
from gitpod_sync.resources.descriptions.container import render_time
from gitpod_sync.resources.descriptions.pod import describe_events, describe_mapping
from gitpod_sync.resources.listed_autoscalers import render_amount, render_current, render_goal
from gitpod_sync.resources.tables import cell_lines, render_lines

_WIDTH = 54


def describe_autoscaler(item: AutoscalerItem, events: Sequence[RecordedEvent], now: float) -> str:
    """The whole text."""
    autoscaler, record = item.autoscaler, item.record
    spec, target = autoscaler.spec, autoscaler.spec.scale_target_ref
    lines = [
        _field("Name", autoscaler.key.name),
        _field("Namespace", autoscaler.key.namespace),
        *describe_mapping("Labels", autoscaler.metadata.labels, _WIDTH),
        *describe_mapping("Annotations", autoscaler.metadata.annotations, _WIDTH, separator=": "),
        *([_field("CreationTimestamp", render_time(render_rfc3339(record.began_at)))] if record.began_at else []),
        _field("Reference", f"{target.kind}/{target.name}"),
        _field("Metrics", "( current / target )"),
        *(_field(f"  {_words(each)}", f"{_current(each)} / {render_goal(each.metric)}") for each in item.readings),
        _field("Min replicas", str(spec.min_replicas)),
        _field("Max replicas", str(spec.max_replicas)),
        *_rules("Scale Up", spec.behavior.scale_up),
        *_rules("Scale Down", spec.behavior.scale_down),
        _field(f"{target.kind} pods", f"{item.replicas} current / {record.replicas or 0} desired"),
        *_conditions(item),
        *describe_events(events, now),
    ]
    return render_lines(lines)


def _words(reading: Reading) -> str:
    source = reading.metric.source
    where = f"of container {source.container!r}" if source.container else "on pods"
    share = "  (as a percentage of request)" if source.target.by_share else ""
    return f"resource {source.name} {where}{share}"


def _current(reading: Reading) -> str:
    """`75% (150m)`, or `150m` when it is the amount that counts."""
    current = render_current(reading)
    if reading.share is None or reading.average is None:
        return current
    return f"{current} ({render_amount(reading.average, reading.metric.source.name)})"


def _rules(name: str, rules: ScalingRules) -> Iterator[str]:
    if rules == ScalingRules():
        return
    yield f"{name}:"
    if rules.stabilization_window_seconds is not None:
        yield f"  Stabilization Window: {rules.stabilization_window_seconds} seconds"
    if rules.tolerance is not None:
        yield f"  Tolerance: {rules.tolerance.text}"
    yield f"  Select Policy: {rules.select_policy}"
    if rules.policies:
        yield "  Policies:"
        for each in rules.policies:
            yield f"    - Type: {each.type}  Value: {each.value}  Period: {each.period_seconds} seconds"


def _conditions(item: AutoscalerItem) -> Iterator[str]:
    found = autoscaler_object(item)["status"]["conditions"]
    head = [("Type", "Status", "Reason", "Message"), ("----", "------", "------", "-------")]
    rows = [(each["type"], each["status"], each["reason"], each["message"]) for each in found]
    yield "Conditions:"
    yield from cell_lines([*head, *rows], indent="  ", gap="  ")


def _field(name: str, value: str) -> str:
    return f"{name + ': ':<{_WIDTH}}{value}".rstrip()
