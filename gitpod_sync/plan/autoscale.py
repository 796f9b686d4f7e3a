"""Autoscalers and the workloads that they scale: the number of replicas in force takes the place of Git's.

A workload is looked at every 15 s. Between two looks, and when nothing can be told of its metrics, the number in force
stays. An autoscaler without a record takes on as many replicas as there are, so that a lost record ends no pod.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from gitpod_sync.controllers.autoscaling import LOOK_EVERY, Reading, read_metrics, recommend
from gitpod_sync.controllers.pod_state import PodState
from gitpod_sync.controllers.scaling import decide_replicas
from gitpod_sync.model.autoscaling import AutoscalerRecord, HorizontalPodAutoscaler, TargetType
from gitpod_sync.model.meta import Key
from gitpod_sync.model.workloads import Deployment, ReplicaSet, ReplicationController, Workload
from gitpod_sync.plan.situation import Situation

NO_RECORD = AutoscalerRecord()
Scalable = Deployment | ReplicaSet | ReplicationController


@dataclass(frozen=True, slots=True)
class Autoscaling:
    """What became of one autoscaler in a pass: from so many replicas to those of the `record`.

    `readings` are empty in passes that look at no metric. `problem` says why it scales nothing ("" if it does).
    """

    autoscaler: HorizontalPodAutoscaler
    replicas: int = 0
    record: AutoscalerRecord = NO_RECORD
    readings: tuple[Reading, ...] = ()
    problem: str = ""
    measured: tuple[str, ...] = ()
    """Ids of the containers whose use it goes by."""

    @property
    def wake_at(self) -> float | None:
        """When it looks again."""
        return None if self.problem else self.record.looked_at + LOOK_EVERY


def autoscale(
    states: Sequence[PodState], situation: Situation
) -> tuple[Mapping[Key, Workload], tuple[Autoscaling, ...]]:
    """The workloads with the replicas that are in force now, and what each autoscaler did about them."""
    workloads = situation.desired.workloads
    autoscalers = [each for each in situation.desired.configs.values() if isinstance(each, HorizontalPodAutoscaler)]
    if not autoscalers:
        return workloads, ()
    owned: dict[Key, list[PodState]] = defaultdict(list)
    for state in states:
        owned[state.pod.identity.owner].append(state)
    done = tuple(_scale(each, workloads.get(each.target), owned[each.target], situation) for each in autoscalers)
    scaled = {
        each.autoscaler.target: _with_replicas(workloads[each.autoscaler.target], each.record.replicas)
        for each in done
        if not each.problem
    }
    return {**workloads, **scaled}, done


def _scale(
    autoscaler: HorizontalPodAutoscaler, workload: Workload | None, pods: Sequence[PodState], situation: Situation
) -> Autoscaling:
    if not isinstance(workload, Scalable):
        return Autoscaling(autoscaler, problem=f"there is no {autoscaler.target} that could be scaled")
    if workload.spec.replicas == 0:
        return Autoscaling(autoscaler, problem=f"{autoscaler.target} has 0 replicas in Git, which switches scaling off")
    found = situation.records.get(autoscaler.key)
    record = found if isinstance(found, AutoscalerRecord) else NO_RECORD
    standing = [state for state in pods if not state.pod.ending and not state.lost]
    before = _within(autoscaler, record.replicas or len(standing) or workload.spec.replicas)
    containers = tuple(sorted(each.id for state in standing for each in state.pod.containers if each.alive))
    # A clock that was set back must not keep it from looking.
    if record.looked_at <= situation.now < record.looked_at + LOOK_EVERY:
        return Autoscaling(autoscaler, before, replace(record, replicas=before), measured=containers)
    readings = read_metrics(autoscaler, before, standing, situation.use, situation.now)
    recommended = recommend(readings, before)
    after = replace(record, replicas=before, looked_at=situation.now)
    if recommended is not None:
        after = decide_replicas(autoscaler, before, recommended, record, situation.now)
    after = replace(after, found=tuple(map(render_reading, readings)))
    return Autoscaling(autoscaler, before, after, readings, measured=containers)


def render_reading(reading: Reading) -> str:
    """As kubectl writes a target: `cpu: 75%/50%`, `memory: 120Mi/100Mi`, `cpu: <unknown>/80%`."""
    source = reading.metric.source
    by_share = source.target.type is TargetType.UTILIZATION
    current, target = (
        "<unknown>" if value is None else _render_amount(value, source.name, by_share=by_share)
        for value in (reading.current, reading.target)
    )
    return f"{source.name}: {current}/{target}"


def _render_amount(value: float, resource: str, *, by_share: bool) -> str:
    if by_share:
        return f"{value:.0f}%"
    return f"{value * 1000:.0f}m" if resource == "cpu" else f"{value / 1024**2:.0f}Mi"


def _within(autoscaler: HorizontalPodAutoscaler, replicas: int) -> int:
    return min(max(replicas, autoscaler.spec.min_replicas), autoscaler.spec.max_replicas)


def _with_replicas(workload: Workload, replicas: int | None) -> Workload:
    if replicas is None or not isinstance(workload, Scalable):
        return workload
    # mypy does not see that each kind of workload keeps its own kind of spec.
    return replace(workload, spec=replace(workload.spec, replicas=replicas))  # type: ignore[arg-type]
