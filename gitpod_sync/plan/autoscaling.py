"""What a pass came to about one autoscaler."""

from dataclasses import dataclass

from gitpod_sync.model.records.event import Event
from gitpod_sync.model.workloads.autoscaling import AutoscalerRecord, HorizontalPodAutoscaler

NO_RECORD = AutoscalerRecord()


@dataclass(frozen=True, slots=True)
class Autoscaling:
    """What became of one autoscaler in a pass: from so many `replicas` to those of the `record`."""

    autoscaler: HorizontalPodAutoscaler
    """Whose doing it is."""
    replicas: int = 0
    """From how many it scales."""
    record: AutoscalerRecord = NO_RECORD
    """What is remembered of it from now on: to how many it scales, and why."""
    problem: str = ""
    """Why it scales nothing; "" if it does."""
    disabled: bool = False
    """Whether Git means it so."""
    measured: tuple[str, ...] = ()
    """Ids of the containers whose use it goes by."""
    wake_at: float | None = None
    """When it looks again without a measurement."""
    events: tuple[Event, ...] = ()
    """What it has to tell."""
