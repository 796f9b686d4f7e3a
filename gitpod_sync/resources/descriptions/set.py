"""A StatefulSet or DaemonSet and what happened to it, as kubectl describes it. Pure."""

from collections.abc import Iterator, Sequence

from gitpod_sync.model.records.event import RecordedEvent
from gitpod_sync.model.workloads.daemon_sets import DaemonSet
from gitpod_sync.model.workloads.local_time import render_rfc3339
from gitpod_sync.model.workloads.stateful_sets import StatefulSet
from gitpod_sync.resources.descriptions.container import render_time
from gitpod_sync.resources.descriptions.pod import describe_events, describe_mapping
from gitpod_sync.resources.descriptions.workload import (
    describe_conditions,
    describe_pods_template,
    render_field,
    render_phases,
)
from gitpod_sync.resources.items import WorkloadItem
from gitpod_sync.resources.selectors import render_selector
from gitpod_sync.resources.statuses import daemon_status
from gitpod_sync.resources.tables import render_lines

_STATEFUL_WIDTH = 20
_DAEMON_WIDTH = 16
_CLAIM_WIDTH = 15

_COUNTED = {
    "Desired Number of Nodes Scheduled": "desiredNumberScheduled",
    "Current Number of Nodes Scheduled": "currentNumberScheduled",
    "Number of Nodes Scheduled with Up-to-date Pods": "updatedNumberScheduled",
    "Number of Nodes Scheduled with Available Pods": "numberAvailable",
    "Number of Nodes Misscheduled": "numberMisscheduled",
}


def describe_set(item: WorkloadItem, events: Sequence[RecordedEvent], now: float) -> str:
    """The whole text."""
    match item.workload:
        case StatefulSet():
            lines = _stateful_set(item, item.workload)
        case DaemonSet():
            lines = _daemon_set(item, item.workload)
        case _:
            lines = iter(())
    return render_lines((*lines, *describe_events(events, now)))


def _stateful_set(item: WorkloadItem, workload: StatefulSet) -> Iterator[str]:
    width, counts = _STATEFUL_WIDTH, item.status
    yield render_field("Name", workload.key.name, width)
    yield render_field("Namespace", workload.key.namespace, width)
    if item.created_at is not None:
        yield render_field("CreationTimestamp", render_time(render_rfc3339(item.created_at)), width)
    yield render_field("Selector", render_selector(workload.spec.selector), width)
    yield from describe_mapping("Labels", workload.metadata.labels, width)
    yield from describe_mapping("Annotations", workload.metadata.annotations, width, separator=": ")
    yield render_field("Replicas", f"{counts.desired} desired | {counts.current} total", width)
    yield render_field("Update Strategy", workload.spec.update_strategy.type.value, width)
    if workload.updates_by_itself:
        yield f"  {render_field('Partition', str(workload.partition), width - 2)}"
    yield render_field("Pods Status", render_phases(item), width)
    yield from describe_pods_template(item, workload.spec.template)
    yield from _claims(workload)
    yield from describe_conditions(item)


def _claims(workload: StatefulSet) -> Iterator[str]:
    """A volume of the engine has neither a class nor a size, so none is shown."""
    width = _CLAIM_WIDTH
    if not workload.spec.volume_claim_templates:
        yield "Volume Claims:  <none>"
        return
    yield "Volume Claims:"
    for claim in workload.spec.volume_claim_templates:
        modes = " ".join(each.value for each in claim.spec.access_modes)
        yield f"  {render_field('Name', claim.metadata.name, width)}"
        yield from (f"  {line}" for line in describe_mapping("Labels", claim.metadata.labels, width))
        written = describe_mapping("Annotations", claim.metadata.annotations, width, separator=": ")
        yield from (f"  {line}" for line in written)
        yield f"  {render_field('Access Modes', f'[{modes}]', width)}"


def _daemon_set(item: WorkloadItem, workload: DaemonSet) -> Iterator[str]:
    width, counts = _DAEMON_WIDTH, daemon_status(item.status)
    yield render_field("Name", workload.key.name, width)
    yield render_field("Namespace", workload.key.namespace, width)
    yield render_field("Selector", render_selector(workload.spec.selector), width)
    wanted = sorted(workload.spec.template.spec.node_selector.items())
    yield render_field("Node-Selector", ",".join(f"{key}={value}" for key, value in wanted) or "<none>", width)
    yield from describe_mapping("Labels", workload.metadata.labels, width)
    yield from describe_mapping("Annotations", workload.metadata.annotations, width, separator=": ")
    yield from (f"{title}: {counts[name]}" for title, name in _COUNTED.items())
    yield render_field("Pods Status", render_phases(item), width)
    yield from describe_pods_template(item, workload.spec.template)
    yield from describe_conditions(item)
