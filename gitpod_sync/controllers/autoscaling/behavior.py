"""The speed at which an autoscaler goes to the number of replicas that its metrics recommend.

Source of the rules: Kubernetes, "Horizontal Pod Autoscaling", configurable scaling behavior.

A worked example: 10 replicas, 80 recommended, the policies that hold when nothing is said. Up go 4 pods or 100 % within
15 s, whichever is more: 20 now, 40 after 15 s, 80 after 30 s. When 5 are recommended later, 80 stay until the last
recommendation of more than 5 is 300 s old.
"""

from collections.abc import Sequence
from dataclasses import replace
from math import ceil, floor

from gitpod_sync.model.workloads.autoscaling import (
    AutoscalerRecord,
    Change,
    HorizontalPodAutoscaler,
    HorizontalPodAutoscalerSpec,
    Limit,
    Pace,
    PolicyType,
    ScalingPolicy,
    ScalingRules,
    SelectPolicy,
)

_DOWN_WINDOW = 300.0
_UP_POLICIES = (ScalingPolicy(PolicyType.PODS, 4, 15), ScalingPolicy(PolicyType.PERCENT, 100, 15))
_DOWN_POLICIES = (ScalingPolicy(PolicyType.PERCENT, 100, 15),)


def decide_replicas(
    autoscaler: HorizontalPodAutoscaler, replicas: int, recommended: int, record: AutoscalerRecord, now: float
) -> AutoscalerRecord:
    """The next number of replicas, within windows, policies and limits, with what has to be remembered of it."""
    spec = autoscaler.spec
    up, down = spec.behavior.scale_up, spec.behavior.scale_down
    up_window = float(up.stabilization_window_seconds or 0)
    down_window = _DOWN_WINDOW if down.stabilization_window_seconds is None else down.stabilization_window_seconds
    # Never above the least, nor below the most, that was asked for within the window of the direction.
    lowest = min((recommended, *_within(up_window, record.recommendations, now)))
    highest = max((recommended, *_within(down_window, record.recommendations, now)))
    stable = min(max(replicas, lowest), highest)
    least, most = _reach(replicas, up, down, record.steps, now)
    wanted = min(max(stable, least, spec.min_replicas), most, spec.max_replicas)
    wanted = min(max(wanted, spec.min_replicas), spec.max_replicas)
    oldest = now - max(up_window, down_window)
    step = () if wanted == replicas else (Change(now, wanted - replicas),)
    longest = max((policy.period_seconds for policy in (*_policies_up(up), *_policies_down(down))), default=0)
    return replace(
        record,
        replicas=wanted,
        looked_at=now,
        scaled_at=now if step else record.scaled_at,
        pace=_pace(recommended, stable, rescaled=bool(step)),
        limit=_limit(stable, wanted, spec),
        recommendations=tuple(each for each in (*record.recommendations, Change(now, recommended)) if each.at > oldest),
        steps=tuple(each for each in (*record.steps, *step) if each.at > now - longest),
    )


def _pace(recommended: int, stable: int, *, rescaled: bool) -> Pace:
    if stable > recommended:
        return Pace.DOWN_STABILIZED
    if stable < recommended:
        return Pace.UP_STABILIZED
    return Pace.RESCALED if rescaled else Pace.READY


def _limit(stable: int, wanted: int, spec: HorizontalPodAutoscalerSpec) -> Limit:
    if wanted < stable:
        return Limit.TOO_MANY if wanted == spec.max_replicas else Limit.UP
    if wanted > stable:
        return Limit.TOO_FEW if wanted == spec.min_replicas else Limit.DOWN
    return Limit.NONE


def _within(window: float, changes: Sequence[Change], now: float) -> tuple[int, ...]:
    return tuple(each.replicas for each in changes if each.at > now - window)


def _reach(replicas: int, up: ScalingRules, down: ScalingRules, steps: Sequence[Change], now: float) -> tuple[int, int]:
    """The fewest and the most replicas that the policies allow now."""
    most = [_most(policy, replicas, steps, now) for policy in _policies_up(up)]
    least = [_least(policy, replicas, steps, now) for policy in _policies_down(down)]
    return (
        _select(down.select_policy, min(least), max(least), replicas),
        _select(up.select_policy, max(most), min(most), replicas),
    )


def _select(select: SelectPolicy, farthest: int, nearest: int, replicas: int) -> int:
    match select:
        case SelectPolicy.MAX:
            return farthest
        case SelectPolicy.MIN:
            return nearest
        case SelectPolicy.DISABLED:
            return replicas


def _policies_up(rules: ScalingRules) -> tuple[ScalingPolicy, ...]:
    return rules.policies or _UP_POLICIES


def _policies_down(rules: ScalingRules) -> tuple[ScalingPolicy, ...]:
    return rules.policies or _DOWN_POLICIES


def _most(policy: ScalingPolicy, replicas: int, steps: Sequence[Change], now: float) -> int:
    began = _replicas_before(policy, replicas, steps, now)
    if policy.type is PolicyType.PODS:
        return max(replicas, began + policy.value)
    return max(replicas, ceil(began * (100 + policy.value) / 100))


def _least(policy: ScalingPolicy, replicas: int, steps: Sequence[Change], now: float) -> int:
    began = _replicas_before(policy, replicas, steps, now)
    if policy.type is PolicyType.PODS:
        return min(replicas, max(0, began - policy.value))
    return min(replicas, floor(began * max(0, 100 - policy.value) / 100))


def _replicas_before(policy: ScalingPolicy, replicas: int, steps: Sequence[Change], now: float) -> int:
    """The replicas at the beginning of the policy's period."""
    return replicas - sum(each.replicas for each in steps if each.at > now - policy.period_seconds)
