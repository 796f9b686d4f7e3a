"""A Deployment, ReplicaSet or ReplicationController and what happened to it, as kubectl describes it. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gitpod_sync.controllers.pod.pod_state import Phase
from gitpod_sync.model.base.codec import encode
from gitpod_sync.model.pods.pod import PodTemplate
from gitpod_sync.model.records.event import RecordedEvent
from gitpod_sync.model.records.records import DeploymentRecord
from gitpod_sync.model.workloads.local_time import render_rfc3339
from gitpod_sync.model.workloads.workloads import Deployment, Pod, ReplicaSet, ReplicationController, StrategyType
from gitpod_sync.resources.descriptions.container import render_time
from gitpod_sync.resources.descriptions.pod import describe_events, describe_mapping
from gitpod_sync.resources.descriptions.template import describe_template
from gitpod_sync.resources.items import WorkloadItem
from gitpod_sync.resources.objects import REVISION, revision_of, workload_conditions
from gitpod_sync.resources.selectors import render_selector
from gitpod_sync.resources.tables import cell_lines, render_lines

_WIDTH = 24
_REPLICAS_WIDTH = 14


@dataclass(frozen=True, slots=True)
class _Version:
    """Pods of one template, as Kubernetes shows a ReplicaSet: how many there are of how many there are to be."""

    name: str
    pods: int
    size: int

    def __str__(self) -> str:
        return f"{self.name} ({self.pods}/{self.size} replicas created)"


def describe_workload(item: WorkloadItem, events: Sequence[RecordedEvent], now: float) -> str:
    """The whole text."""
    lines = _deployment(item) if isinstance(item.workload, Deployment) else _replicas(item)
    return render_lines((*lines, *describe_events(events, now)))


def _deployment(item: WorkloadItem) -> Iterator[str]:
    workload, counts = item.workload, item.status
    if not isinstance(workload, Deployment):
        return
    spec = workload.spec
    yield from _head(item, _WIDTH, {REVISION: str(revision_of(item))})
    unavailable = max(0, counts.desired - counts.available)
    yield render_field(
        "Replicas",
        f"{counts.desired} desired | {counts.updated} updated | {counts.current} total | "
        f"{counts.available} available | {unavailable} unavailable",
    )
    yield render_field("StrategyType", spec.strategy.type.value)
    yield render_field("MinReadySeconds", str(spec.min_ready_seconds))
    if spec.strategy.type is StrategyType.ROLLING_UPDATE:
        rolling = spec.strategy.rolling_update
        bounds = f"{rolling.max_unavailable.to_json()} max unavailable, {rolling.max_surge.to_json()} max surge"
        yield render_field("RollingUpdateStrategy", bounds)
    yield from describe_pods_template(item, spec.template)
    yield from describe_conditions(item)
    *old, new = _versions(item)
    yield f"OldReplicaSets:  {', '.join(map(str, old)) or '<none>'}"
    yield f"NewReplicaSet:   {new if new.pods or new.size else '<none>'}"


def _replicas(item: WorkloadItem) -> Iterator[str]:
    if isinstance(item.workload, Pod):
        return
    yield from _head(item, _REPLICAS_WIDTH, {})
    yield render_field("Replicas", f"{item.status.current} current / {item.status.desired} desired", _REPLICAS_WIDTH)
    yield render_field("Pods Status", render_phases(item), _REPLICAS_WIDTH)
    yield from describe_pods_template(item, item.workload.spec.template)
    yield from describe_conditions(item)


def render_phases(item: WorkloadItem) -> str:
    """How many of its pods are in which phase."""
    phases = Counter(state.phase for state in item.pods)
    counted = {
        "Running": Phase.RUNNING,
        "Waiting": Phase.PENDING,
        "Succeeded": Phase.SUCCEEDED,
        "Failed": Phase.FAILED,
    }
    return " / ".join(f"{phases[phase]} {word}" for word, phase in counted.items())


def _head(item: WorkloadItem, width: int, annotations: dict[str, str]) -> Iterator[str]:
    workload = item.workload
    if isinstance(workload, Pod):
        return
    yield render_field("Name", workload.key.name, width)
    yield render_field("Namespace", workload.key.namespace, width)
    if isinstance(workload, Deployment) and item.created_at is not None:
        yield render_field("CreationTimestamp", render_time(render_rfc3339(item.created_at)), width)
    if isinstance(workload, ReplicaSet | ReplicationController):
        yield render_field("Selector", render_selector(workload.spec.selector), width)
    yield from describe_mapping("Labels", workload.metadata.labels, width)
    yield from describe_mapping("Annotations", {**workload.metadata.annotations, **annotations}, width, separator=": ")
    if isinstance(workload, Deployment):
        yield render_field("Selector", render_selector(workload.spec.selector), width)


def describe_pods_template(item: WorkloadItem, asked: PodTemplate) -> Iterator[str]:
    """The template of new pods; the conditions say when it is held at an earlier revision."""
    yield "Pod Template:"
    yield from describe_template(encode(item.template or asked))


def describe_conditions(item: WorkloadItem) -> Iterator[str]:
    """The conditions as kubectl shows them, and the messages of ours below the table."""
    found = workload_conditions(item)
    if not found:
        return
    yield "Conditions:"
    rows = [(each.type, "Unknown" if each.status is None else str(each.status), each.reason) for each in found]
    yield from cell_lines([("Type", "Status", "Reason"), ("----", "------", "------"), *rows], indent="  ", gap="  ")
    for each in found:
        if each.since is None:
            yield f"  {each.type}: {each.message}"


def _versions(item: WorkloadItem) -> list[_Version]:
    """Versions, the oldest first; the version of new pods is the last."""
    record = item.record if isinstance(item.record, DeploymentRecord) else DeploymentRecord()
    sizes = {each.hash: each.size for each in record.sizes}
    pods = Counter(state.pod.identity.template_hash for state in item.pods)
    order = (*sorted(pods.keys() - sizes.keys()), *sizes)
    return [
        _Version(f"{item.workload.key.name}-{each}", pods[each], sizes.get(each, pods[each]))
        for each in (*(each for each in order if each != item.wanted), item.wanted)
    ]


def render_field(name: str, value: str, width: int = _WIDTH) -> str:
    """A name with its value, which begins in the column behind `width`."""
    return f"{name + ':':<{width}}{value}".rstrip()
