"""What a pass came to about one autoscaler."""

from dataclasses import dataclass

from gitpod_sync.model.records.event import Event
from gitpod_sync.model.workloads.autoscaling import AutoscalerRecord, HorizontalPodAutoscaler

NO_RECORD = AutoscalerRecord()


@dataclass(frozen=True, slots=True)
class Autoscaling:
    """What became of one autoscaler in a pass: from so many `replicas` to those of the `record`.

    `problem` says why it scales nothing ("" if it does), `disabled` that Git means it so. `measured` are the ids of the
    containers whose use it goes by, `wake_at` is when it looks again without a measurement.
    """

    autoscaler: HorizontalPodAutoscaler
    replicas: int = 0
    record: AutoscalerRecord = NO_RECORD
    problem: str = ""
    disabled: bool = False
    measured: tuple[str, ...] = ()
    wake_at: float | None = None
    events: tuple[Event, ...] = ()
