"""The HorizontalPodAutoscalers that there are, before they are made into columns or JSON. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from gitpod_sync.controllers.autoscaling.autoscaling import metrics_of
from gitpod_sync.model.workloads.autoscaling import AutoscalerRecord, HorizontalPodAutoscaler, Reading
from gitpod_sync.plan.autoscaling import Autoscaling
from gitpod_sync.plan.steps import Plan


@dataclass(frozen=True, slots=True)
class AutoscalerItem:
    """An autoscaler, its outcome in the plan, and how many replicas its workload has.

    `readings` has a reading of the last look for each metric, in the order of the metrics.
    """

    scaling: Autoscaling
    replicas: int
    readings: tuple[Reading, ...]

    @property
    def autoscaler(self) -> HorizontalPodAutoscaler:
        """The object as Git has it."""
        return self.scaling.autoscaler

    @property
    def record(self) -> AutoscalerRecord:
        """The record of the autoscaler's past."""
        return self.scaling.record


def list_autoscalers(plan: Plan) -> Iterator[AutoscalerItem]:
    """Autoscalers by namespace and name."""
    current = {decision.workload: decision.status.current for decision in plan.decisions}
    for each in plan.scalings:
        found = {reading.metric: reading for reading in each.record.found}
        readings = tuple(found.get(metric, Reading(metric)) for metric in metrics_of(each.autoscaler))
        replicas = current.get(each.autoscaler.target, 0)
        yield AutoscalerItem(each, replicas, readings)
