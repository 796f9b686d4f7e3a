"""How many replicas a workload should have, from what its pods use. Arithmetic only.

Source of the rules: Kubernetes, "Horizontal Pod Autoscaling", algorithm details. `scaling` says how fast it goes there.

A worked example: 4 pods that request 100m each use 90m, 90m, 60m and 60m; the target is 50 %. They use 300m of 400m,
which is 75 %; 75 / 50 is 1.5, and 1.5 × 4 pods is 6 replicas. At 55 % of use the ratio of 1.1 would be within the
tolerance of a tenth, and nothing would change.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from gitpod_sync.controllers.pod_state import PodState
from gitpod_sync.model.autoscaling import (
    CPU_AT_80_PERCENT,
    HorizontalPodAutoscaler,
    Metric,
    ResourceMetric,
    ScalingRules,
    TargetType,
    Use,
)
from gitpod_sync.model.pod import Container

LOOK_EVERY = 15.0
"""Seconds between looks at the metrics."""

_TOLERANCE = 0.1
_FRESH = 60.0
"""Seconds for which a measurement counts."""

_STARTING_UP = 300.0
"""Seconds from a pod's start during which its CPU counts only while it is ready."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One metric as it stands: `current` and `target` are in per cent or, for an average value, in its units.

    `replicas` is what it asks for; None, with the `reason`, when it cannot be told.
    """

    metric: Metric
    current: float | None
    target: float
    replicas: int | None
    reason: str = ""


def read_metrics(
    autoscaler: HorizontalPodAutoscaler,
    replicas: int,
    pods: Sequence[PodState],
    use: Mapping[str, Use],
    now: float,
) -> tuple[Reading, ...]:
    """What each metric says for `replicas` of which these `pods` stand; `use` is by the ids of containers."""
    metrics = autoscaler.spec.metrics or (CPU_AT_80_PERCENT,)
    return tuple(_read(metric, autoscaler, replicas, pods, use, now) for metric in metrics)


def recommend(readings: Sequence[Reading], replicas: int) -> int | None:
    """The most that a metric asks for. When one cannot be told, the others scale up and never down."""
    asked = [reading.replicas for reading in readings if reading.replicas is not None]
    if not asked:
        return None
    most = max(asked)
    return max(most, replicas) if len(asked) < len(readings) else most


def _read(
    metric: Metric,
    autoscaler: HorizontalPodAutoscaler,
    replicas: int,
    pods: Sequence[PodState],
    use: Mapping[str, Use],
    now: float,
) -> Reading:
    source = metric.source
    by_share = source.target.type is TargetType.UTILIZATION
    target = float(source.target.average_utilization or 0) if by_share else _average_value(source)
    counted = _sort_pods(source, pods, use, now)
    if not counted.measured:
        return Reading(metric, None, target, None, f"the use of {source.name} is not known of any pod")
    full = {uid: _request(source, counted.pods[uid]) if by_share else target for uid in counted.pods}
    if by_share and not all(full.values()):
        return Reading(metric, None, target, None, f"a container requests no {source.name}, so that it has no share")
    goal = target / 100 if by_share else 1.0
    current = sum(counted.measured.values()) / sum(full[uid] for uid in counted.measured)
    shown = current * (100 if by_share else target)
    rules = autoscaler.spec.behavior
    asked = _ask(counted, full, current / goal, goal, replicas, (rules.scale_up, rules.scale_down))
    return Reading(metric, shown, target, asked)


@dataclass(frozen=True, slots=True)
class _Counted:
    """Pods by UID: all that count, what was `measured` of them, and those of which nothing can be said yet."""

    pods: Mapping[str, PodState]
    measured: Mapping[str, float]
    unready: frozenset[str]
    missing: frozenset[str]


def _sort_pods(source: ResourceMetric, pods: Sequence[PodState], use: Mapping[str, Use], now: float) -> _Counted:
    counted: dict[str, PodState] = {}
    measured: dict[str, float] = {}
    unready, missing = set(), set()
    for state in pods:
        uid = state.pod.identity.uid
        if state.lost or state.pod.ending or state.outcome is not None:
            continue
        counted[uid] = state
        used = _used(source, state, use, now)
        if source.name == "cpu" and _is_starting(state, used, now):
            unready.add(uid)
        elif used is None:
            missing.add(uid)
        else:
            measured[uid] = used.amount
    return _Counted(counted, measured, frozenset(unready), frozenset(missing))


def _is_starting(state: PodState, used: "_Used | None", now: float) -> bool:
    """What a pod does before it is ready says nothing of its load."""
    sandbox = state.pod.sandbox
    if sandbox is None or sandbox.started_at is None:
        return True
    if now - sandbox.started_at >= _STARTING_UP:
        return False
    return state.ready_since is None or (used is not None and used.at < state.ready_since)


@dataclass(frozen=True, slots=True)
class _Used:
    """An amount (cores or bytes), and the time of the earliest measurement in it."""

    amount: float
    at: float


def _used(source: ResourceMetric, state: PodState, use: Mapping[str, Use], now: float) -> _Used | None:
    total, earliest = 0.0, now
    for container in _containers(source, state):
        last = state.pod.latest(container.name)
        found = use.get(last.id) if last else None
        if found is None or found.at < now - _FRESH:
            return None
        total += found.millicores / 1000 if source.name == "cpu" else found.memory
        earliest = min(earliest, found.at)
    return _Used(total, earliest)


def _request(source: ResourceMetric, state: PodState) -> float:
    """What the counted containers request; 0 when one of them requests nothing."""
    requests = [_requested(each, source.name) for each in _containers(source, state)]
    return sum(requests) if requests and all(requests) else 0.0


def _requested(container: Container, resource: str) -> float:
    amount = container.resources.requests.get(resource) or container.resources.limits.get(resource)
    return float(amount.amount) if amount else 0.0


def _containers(source: ResourceMetric, state: PodState) -> Iterable[Container]:
    spec = state.pod.identity.template.spec
    return [each for each in (*spec.sidecars, *spec.containers) if source.container in {"", each.name}]


def _average_value(source: ResourceMetric) -> float:
    value = source.target.average_value
    return float(value.amount) if value else 0.0


def _ask(
    counted: _Counted,
    full: Mapping[str, float],
    ratio: float,
    goal: float,
    replicas: int,
    rules: tuple[ScalingRules, ScalingRules],
) -> int:
    """Replicas at which the average is the target. Who cannot be measured is taken to be against the change."""
    if _is_tolerated(ratio, rules):
        return replicas
    if not counted.missing and (ratio <= 1 or not counted.unready):
        return ceil(round(ratio * len(counted.measured), 6))
    # Against scaling up they use nothing; against scaling down all that they may, and those that start do not count.
    against = (
        dict.fromkeys(sorted(counted.unready | counted.missing), 0.0)
        if ratio > 1
        else {uid: full[uid] * max(goal, 1.0) for uid in sorted(counted.missing)}
    )
    considered = {**counted.measured, **against}
    corrected = sum(considered.values()) / sum(full[uid] for uid in considered) / goal
    if _is_tolerated(corrected, rules) or (corrected > 1) != (ratio > 1):
        return replicas
    asked = ceil(round(corrected * len(considered), 6))
    return max(asked, replicas) if ratio > 1 else min(asked, replicas)


def _is_tolerated(ratio: float, rules: tuple[ScalingRules, ScalingRules]) -> bool:
    up, down = (float(each.tolerance.amount) if each.tolerance else _TOLERANCE for each in rules)
    return 1.0 - down <= round(ratio, 9) <= 1.0 + up
