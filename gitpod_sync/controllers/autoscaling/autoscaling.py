"""How many replicas a workload should have, from what its pods use. Arithmetic only.

Source of the rules: Kubernetes, "Horizontal Pod Autoscaling", algorithm details. `scaling` says how fast it goes there.

A worked example: 4 pods that request 100m each use 90m, 90m, 60m and 60m; the target is 50 %. They use 300m of 400m,
which is 75 %; 75 / 50 is 1.5, and 1.5 × 4 pods is 6 replicas. At 55 % of use the ratio of 1.1 would be within the
tolerance of a tenth, and nothing would change. Shares are whole per cents and averages whole units, as there.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from gitpod_sync.controllers.pod.pod_state import Phase, PodState
from gitpod_sync.model.base.quantity import Quantity
from gitpod_sync.model.base.times import lies_ahead
from gitpod_sync.model.pods.pod import Container
from gitpod_sync.model.workloads.autoscaling import (
    CPU_AT_80_PERCENT,
    HorizontalPodAutoscaler,
    Metric,
    Reading,
    ResourceMetric,
    ScalingRules,
    Use,
)

_TOLERANCE = 0.1
_FRESH = 60.0
"""Seconds for which a measurement counts."""

_STARTING_UP = 300.0
"""Seconds from a pod's start during which its CPU counts only while it is ready."""

_UNITS = {"cpu": 1000, "memory": 1}
"""What is counted: thousandths of a core, and bytes."""


def metrics_of(autoscaler: HorizontalPodAutoscaler) -> tuple[Metric, ...]:
    """The metrics of the autoscaler; CPU at 80 % when it names none."""
    return autoscaler.spec.metrics or (CPU_AT_80_PERCENT,)


def read_metrics(
    autoscaler: HorizontalPodAutoscaler, replicas: int, pods: Sequence[PodState], use: Mapping[str, Use], now: float
) -> tuple[Reading, ...]:
    """A reading of each metric for `replicas` of which these `pods` stand; `use` is by the ids of containers."""
    rules = autoscaler.spec.behavior.scale_up, autoscaler.spec.behavior.scale_down
    return tuple(_read(metric, rules, replicas, pods, use, now) for metric in metrics_of(autoscaler))


def recommend(readings: Sequence[Reading], replicas: int) -> int | None:
    """The most that a metric asks for. When one cannot be told, the others scale up and never down."""
    asked = [reading.replicas for reading in readings if reading.replicas is not None]
    if not asked:
        return None
    most = max(asked)
    return max(most, replicas) if len(asked) < len(readings) else most


def _read(
    metric: Metric,
    rules: tuple[ScalingRules, ScalingRules],
    replicas: int,
    pods: Sequence[PodState],
    use: Mapping[str, Use],
    now: float,
) -> Reading:
    source = metric.source
    counted = _sort_pods(source, pods, use, now)
    if not counted.measured:
        return Reading(metric, reason=f"the use of {source.name} is not known of any pod")
    goal = _Goal(source, {uid: _request(source, state) for uid, state in counted.pods.items()})
    if goal.by_share and not all(goal.requests.values()):
        return Reading(metric, reason=f"a container requests no {source.name}, so its share is not known")
    share = goal.share(counted.measured) if goal.by_share else None
    asked = _ask(counted, goal, replicas, rules)
    return Reading(metric, share, goal.average(counted.measured), asked)


@dataclass(frozen=True, slots=True)
class _Goal:
    """The target of an average; `requests` of the pods by UID. Amounts are in thousandths of a core, or bytes."""

    source: ResourceMetric
    requests: Mapping[str, float]

    @property
    def by_share(self) -> bool:
        return self.source.target.by_share

    @property
    def target(self) -> float:
        """In per cent of the requests, or the amount itself."""
        wanted = self.source.target
        return float(wanted.average_utilization or 0) if self.by_share else _amount(self.source, wanted.average_value)

    def ratio(self, used: Mapping[str, float]) -> float:
        """How many times the target these pods use."""
        return (self.share(used) if self.by_share else self.average(used)) / self.target

    def share(self, used: Mapping[str, float]) -> int:
        """In per cent."""
        return int(sum(used.values()) * 100 // sum(self.requests[uid] for uid in used))

    def average(self, used: Mapping[str, float]) -> int:
        """Mean use of one pod."""
        return int(sum(used.values()) // len(used))

    def fill(self, uid: str) -> float:
        """The use that a pod is taken to have when it must not speak for fewer replicas."""
        return self.requests[uid] * max(self.target, 100.0) / 100 if self.by_share else self.target


@dataclass(frozen=True, slots=True)
class _Counted:
    """Pods by UID: all that count, the use `measured` of some, and pods about which nothing can be said yet."""

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
        if state.phase is Phase.PENDING:
            unready.add(uid)
        elif used is None:
            missing.add(uid)
        elif source.name == "cpu" and _is_starting(state, used.since, now):
            unready.add(uid)
        else:
            measured[uid] = used.amount
    return _Counted(counted, measured, frozenset(unready), frozenset(missing))


def _is_starting(state: PodState, since: float, now: float) -> bool:
    """Whether the pod's use says nothing about its load: it is not ready yet, or was measured before it was."""
    sandbox = state.pod.sandbox
    if sandbox is None or sandbox.started_at is None:
        return True
    if now - sandbox.started_at >= _STARTING_UP or lies_ahead(sandbox.started_at, now):
        return False
    return state.ready_since is None or since < state.ready_since


@dataclass(frozen=True, slots=True)
class _Used:
    """An amount (millicores or bytes), and the time at which the earliest measurement in it began."""

    amount: float
    since: float


def _used(source: ResourceMetric, state: PodState, use: Mapping[str, Use], now: float) -> _Used | None:
    total, since = 0.0, now
    for container in _containers(source, state):
        last = state.pod.latest(container.name)
        found = use.get(last.id) if last else None
        if found is None or found.at <= now - _FRESH:
            return None
        total += found.millicores if source.name == "cpu" else found.memory
        since = min(since, found.since)
    return _Used(total, since)


def _request(source: ResourceMetric, state: PodState) -> float:
    """The sum that the counted containers request; 0 when one of them requests nothing."""
    requests = [_requested(source, each) for each in _containers(source, state)]
    return sum(requests) if all(requests) else 0.0


def _requested(source: ResourceMetric, container: Container) -> float:
    resources = container.resources
    return _amount(source, resources.requests.get(source.name) or resources.limits.get(source.name))


def _amount(source: ResourceMetric, quantity: Quantity | None) -> float:
    return float(quantity.amount * _UNITS[source.name]) if quantity else 0.0


def _containers(source: ResourceMetric, state: PodState) -> Iterable[Container]:
    spec = state.pod.template.spec
    return [each for each in (*spec.sidecars, *spec.containers) if source.container in {"", each.name}]


def _ask(counted: _Counted, goal: _Goal, replicas: int, rules: tuple[ScalingRules, ScalingRules]) -> int:
    """Replicas at which the average is the target. Who cannot be measured is taken to be against the change."""
    ratio = goal.ratio(counted.measured)
    if not counted.missing and (ratio <= 1 or not counted.unready):
        return replicas if _is_tolerated(ratio, rules) else _ceil(ratio * len(counted.measured))
    # Against scaling up they use nothing; against scaling down all that they may, and those that start do not count.
    against: Mapping[str, float] = {}
    if ratio > 1:
        against = dict.fromkeys(sorted(counted.unready | counted.missing), 0.0)
    elif ratio < 1:
        against = {uid: goal.fill(uid) for uid in sorted(counted.missing)}
    considered = {**counted.measured, **against}
    corrected = goal.ratio(considered)
    if _is_tolerated(corrected, rules) or (corrected > 1) != (ratio > 1):
        return replicas
    asked = _ceil(corrected * len(considered))
    return max(asked, replicas) if corrected > 1 else min(asked, replicas)


def _ceil(replicas: float) -> int:
    """Three times 1.1 is 3.3000000000000003 to a machine, and three pods at 1.0 must not become four."""
    return ceil(round(replicas, 6))


def _is_tolerated(ratio: float, rules: tuple[ScalingRules, ScalingRules]) -> bool:
    up, down = (float(each.tolerance.amount) if each.tolerance else _TOLERANCE for each in rules)
    return round(1.0 - down, 9) <= round(ratio, 9) <= round(1.0 + up, 9)
