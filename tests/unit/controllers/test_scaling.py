"""How fast an autoscaler goes up and down: windows, policies and limits, each with its numbers."""

from collections.abc import Sequence

import pytest

from gitpod_sync.controllers.autoscaling.behavior import decide_replicas
from gitpod_sync.model.base.meta import ObjectMeta
from gitpod_sync.model.workloads.autoscaling import (
    AutoscalerRecord,
    Behavior,
    HorizontalPodAutoscaler,
    HorizontalPodAutoscalerSpec,
    PolicyType,
    ScaleTarget,
    ScalingPolicy,
    ScalingRules,
    SelectPolicy,
)

UNSAID = ScalingRules()
PODS, PERCENT = PolicyType.PODS, PolicyType.PERCENT


def autoscaler(
    up: ScalingRules = UNSAID, down: ScalingRules = UNSAID, least: int = 1, most: int = 100
) -> HorizontalPodAutoscaler:
    spec = HorizontalPodAutoscalerSpec(ScaleTarget("Deployment", "web"), most, least, (), Behavior(up, down))
    return HorizontalPodAutoscaler(ObjectMeta(name="web"), spec)


def play(scaler: HorizontalPodAutoscaler, replicas: int, recommended: Sequence[int], every: float = 15.0) -> list[int]:
    """The replicas after each recommendation, `every` so many seconds."""
    record, now, taken = AutoscalerRecord(), 1000.0, []
    for each in recommended:
        record = decide_replicas(scaler, replicas, each, record, now)
        assert record.replicas is not None
        replicas, now = record.replicas, now + every
        taken.append(replicas)
    return taken


def rules(*policies: ScalingPolicy, window: int | None = 0, select: SelectPolicy = SelectPolicy.MAX) -> ScalingRules:
    return ScalingRules(window, select, policies)


UPWARDS = {
    "doubled every 15 s when nothing is said": (autoscaler(), 10, [80, 80, 80], [20, 40, 80]),
    "four more when that is more than double": (autoscaler(), 1, [9, 9, 9], [5, 9, 9]),
    "not above maxReplicas": (autoscaler(most=12), 10, [80, 80], [12, 12]),
    "a policy of pods": (autoscaler(up=rules(ScalingPolicy(PODS, 2, 15))), 10, [80, 80], [12, 14]),
    "what went up within the period counts": (
        autoscaler(up=rules(ScalingPolicy(PODS, 3, 60))),
        10,
        [80] * 5,
        [13] * 4 + [16],
    ),
    "a share rounds up": (autoscaler(up=rules(ScalingPolicy(PERCENT, 10, 15))), 11, [80], [13]),
    "the policy that allows least": (
        autoscaler(up=rules(ScalingPolicy(PODS, 1, 15), ScalingPolicy(PERCENT, 50, 15), select=SelectPolicy.MIN)),
        *(10, [80], [11]),
    ),
    "never, when disabled": (autoscaler(up=rules(select=SelectPolicy.DISABLED)), 10, [80], [10]),
    "the least of the window": (autoscaler(up=rules(window=30)), 10, [12, 20, 20, 20], [12, 12, 20, 20]),
}
DOWNWARDS = {
    "after five minutes when nothing is said": (autoscaler(), 10, [10] + [5] * 20, [10] * 20 + [5]),
    "at once without a window": (autoscaler(down=rules()), 10, [5], [5]),
    "not below minReplicas": (autoscaler(down=rules(), least=3), 10, [1], [3]),
    "a policy of pods": (autoscaler(down=rules(ScalingPolicy(PODS, 2, 15))), 10, [1, 1], [8, 6]),
    "a share": (autoscaler(down=rules(ScalingPolicy(PERCENT, 10, 15))), 10, [1, 1], [9, 8]),
    "what went down within the period counts": (
        autoscaler(down=rules(ScalingPolicy(PODS, 1, 60))),
        10,
        [1] * 5,
        [9] * 4 + [8],
    ),
    "never, when disabled": (autoscaler(down=rules(select=SelectPolicy.DISABLED)), 10, [1], [10]),
    "the most of the window": (autoscaler(down=rules(window=30)), 10, [8, 5, 5, 5], [8, 8, 5, 5]),
    "a peak in between holds it up": (autoscaler(down=rules(window=30)), 4, [4, 8, 2, 2, 2], [4, 8, 8, 2, 2]),
}


@pytest.mark.parametrize("name", sorted(UPWARDS))
def test_up(name: str) -> None:
    scaler, replicas, recommended, expected = UPWARDS[name]
    assert play(scaler, replicas, recommended) == expected


@pytest.mark.parametrize("name", sorted(DOWNWARDS))
def test_down(name: str) -> None:
    scaler, replicas, recommended, expected = DOWNWARDS[name]
    assert play(scaler, replicas, recommended) == expected


def test_what_is_remembered_does_not_grow() -> None:
    scaler, record = autoscaler(), AutoscalerRecord(replicas=5)
    for number in range(1000):
        record = decide_replicas(scaler, record.replicas or 1, 1 + number % 20, record, number * 15.0)
    assert len(record.recommendations) <= 21
    assert len(record.steps) <= 2
