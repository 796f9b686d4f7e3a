"""Autoscalers and the workloads that they scale: the number of replicas in force takes the place of Git's.

An autoscaler looks once after every measurement. Between two of them, and when nothing can be told of its metrics, the
number in force stays. One without a record takes on as many replicas as there are, so that a lost record ends no pod.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from gitpod_sync.controllers.autoscaling.autoscaling import read_metrics, recommend
from gitpod_sync.controllers.autoscaling.behavior import decide_replicas
from gitpod_sync.controllers.pod.pod_state import PodState
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.records.event import Event, EventType
from gitpod_sync.model.records.records import DeploymentRecord
from gitpod_sync.model.workloads.autoscaling import (
    AutoscalerRecord,
    Change,
    HorizontalPodAutoscaler,
    Metric,
    MetricType,
    Reading,
    Use,
)
from gitpod_sync.model.workloads.stateful_sets import StatefulSet
from gitpod_sync.model.workloads.workloads import Deployment, ReplicaSet, ReplicationController, Workload
from gitpod_sync.plan.autoscaling import NO_RECORD, Autoscaling
from gitpod_sync.plan.doors import Door, Doors, of_object
from gitpod_sync.plan.situation import ClusterSituation

Scalable = Deployment | ReplicaSet | ReplicationController | StatefulSet

_SILENT = 60.0
"""Seconds without a measurement after which it looks all the same, and finds that nothing can be told any more."""


def autoscale(
    states: Sequence[PodState], situation: ClusterSituation, doors: Doors
) -> tuple[Mapping[Key, Workload], tuple[Autoscaling, ...]]:
    """The workloads with the replicas that are in force now, and what each autoscaler did about them."""
    workloads = situation.desired.workloads
    autoscalers = [each for each in situation.desired.configs.values() if isinstance(each, HorizontalPodAutoscaler)]
    if not autoscalers:
        return workloads, ()
    owned: dict[Key, list[PodState]] = defaultdict(list)
    for state in states:
        owned[state.pod.owner].append(state)

    def scale(autoscaler: HorizontalPodAutoscaler) -> Autoscaling:
        target = autoscaler.target
        return doors.go(
            Door.SCALE,
            of_object(autoscaler.key),
            lambda: _scale(autoscaler, workloads.get(target), owned[target], situation),
            lambda _: _leave(autoscaler, workloads.get(target), situation),
        )

    done = tuple(map(scale, autoscalers))
    scaling = doors.each(Door.SCALE, done, lambda each: of_object(each.autoscaler.key))
    scaled = {
        each.autoscaler.target: _with_replicas(workloads[each.autoscaler.target], each.record.replicas)
        for each in scaling
        if not each.problem
    }
    return {**workloads, **scaled}, tuple(sorted(done, key=lambda each: each.autoscaler.key))


def _scale(
    autoscaler: HorizontalPodAutoscaler,
    workload: Workload | None,
    pods: Sequence[PodState],
    situation: ClusterSituation,
) -> Autoscaling:
    if not isinstance(workload, Scalable):
        return Autoscaling(autoscaler, problem=f"there is no {autoscaler.target} that could be scaled")
    if workload.spec.replicas == 0:
        problem = f"{autoscaler.target} has 0 replicas in Git, which switches scaling off"
        return Autoscaling(autoscaler, problem=problem, disabled=True)
    now, use = situation.now, situation.use
    standing = [state for state in pods if not state.pod.ending and not state.lost and not state.pod.evicted]
    found = situation.remembered.records.get(autoscaler.key)
    known = _past(found, now) if isinstance(found, AutoscalerRecord) else NO_RECORD
    given = known.replicas or _in_force(autoscaler, standing, situation) or workload.spec.replicas
    within = min(max(given, autoscaler.spec.min_replicas), autoscaler.spec.max_replicas)
    if known.replicas is None:
        # What there is was recommended until now: the window of scaling down holds for it, too.
        known = AutoscalerRecord(began_at=now, recommendations=(Change(now, within),))
    before = replace(known, replicas=within)
    containers = tuple(sorted(each.id for state in standing for each in state.pod.containers if each.alive))
    after = before
    if use is not None and _is_due(containers, use, before.looked_at, now):
        after = _look(autoscaler, within, before, standing, use, now)
    return Autoscaling(
        autoscaler,
        given,
        after,
        measured=containers,
        wake_at=None if use is None else after.looked_at + _SILENT,
        events=tuple(_events(autoscaler, given, known, after)),
    )


def _leave(autoscaler: HorizontalPodAutoscaler, workload: Workload | None, situation: ClusterSituation) -> Autoscaling:
    """With as many replicas as there are to be by what was decided last."""
    known = situation.remembered.records.get(autoscaler.key)
    if not isinstance(known, AutoscalerRecord) or known.replicas is None or not isinstance(workload, Scalable):
        return Autoscaling(autoscaler, problem="how many replicas there are to be could not be decided")
    return Autoscaling(autoscaler, known.replicas, known)


def _in_force(autoscaler: HorizontalPodAutoscaler, standing: Sequence[PodState], situation: ClusterSituation) -> int:
    """How many replicas there are without our doing; in the middle of a rollout there are more pods than that."""
    remembered = situation.remembered.records.get(autoscaler.target)
    return (remembered.replicas if isinstance(remembered, DeploymentRecord) else 0) or len(standing)


def _look(
    autoscaler: HorizontalPodAutoscaler,
    replicas: int,
    record: AutoscalerRecord,
    pods: Sequence[PodState],
    use: Mapping[str, Use],
    now: float,
) -> AutoscalerRecord:
    readings = read_metrics(autoscaler, replicas, pods, use, now)
    recommended = recommend(readings, replicas)
    after = replace(record, looked_at=now)
    if recommended is not None:
        after = decide_replicas(autoscaler, replicas, recommended, record, now)
    return replace(after, found=readings)


def _is_due(containers: Sequence[str], use: Mapping[str, Use], looked_at: float, now: float) -> bool:
    newest = max((use[each].at for each in containers if each in use), default=0.0)
    return newest > looked_at or now >= looked_at + _SILENT


def _past(record: AutoscalerRecord, now: float) -> AutoscalerRecord:
    """The record without what a clock that was set back since took to be later than now: it would hold for hours."""
    if record.looked_at <= now:
        return record
    return replace(
        record,
        looked_at=0.0,
        recommendations=tuple(each for each in record.recommendations if each.at <= now),
        steps=tuple(each for each in record.steps if each.at <= now),
    )


def _events(
    autoscaler: HorizontalPodAutoscaler, given: int, before: AutoscalerRecord, after: AutoscalerRecord
) -> Iterator[Event]:
    """Source of the words: Kubernetes, pkg/controller/podautoscaler."""
    if after.replicas is not None and after.replicas != given:
        message = f"New size: {after.replicas}; reason: {_why(autoscaler, given, after)}"
        yield Event(autoscaler.key, "SuccessfulRescale", message)
    told = {(each.metric, each.reason) for each in before.found}
    for each in after.found if before.found else ():
        if each.reason and (each.metric, each.reason) not in told:
            reason = "FailedGetResourceMetric"
            if each.metric.type is MetricType.CONTAINER_RESOURCE:
                reason = "FailedGetContainerResourceMetric"
            yield Event(autoscaler.key, reason, each.reason, EventType.WARNING)


def _why(autoscaler: HorizontalPodAutoscaler, given: int, after: AutoscalerRecord) -> str:
    if given > autoscaler.spec.max_replicas:
        return "Current number of replicas above Spec.MaxReplicas"
    if given < autoscaler.spec.min_replicas:
        return "Current number of replicas below Spec.MinReplicas"
    if (after.replicas or 0) < given:
        return "All metrics below target"
    asking: Reading = max(after.found, key=lambda each: each.replicas or 0)
    return f"{metric_words(asking.metric)} above target"


def metric_words(metric: Metric) -> str:
    """As Kubernetes calls a metric in its messages."""
    source = metric.source
    kind = "container resource" if source.container else "resource"
    how = " utilization (percentage of request)" if source.target.by_share else ""
    return f"{source.name} {kind}{how}"


def _with_replicas(workload: Workload, replicas: int | None) -> Workload:
    if replicas is None or not isinstance(workload, Scalable):
        return workload
    # mypy does not see that each kind of workload keeps its own kind of spec.
    return replace(workload, spec=replace(workload.spec, replicas=replicas))  # type: ignore[arg-type]
