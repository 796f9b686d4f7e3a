"""A container that ends again and again is started more and more slowly."""

from collections.abc import Iterator

from gitpod_sync.model.base import labels
from gitpod_sync.operations.operations import CreateContainer
from simulation.sight import Sight
from simulation.truth import TruePod

DELAYS = (0.0, 10.0, 20.0, 40.0, 80.0, 160.0, 300.0)
"""Seconds after the first end, the second in a row, and so on; the last one for all further ones."""

GOOD_RUN = 600.0
TOLERANCE = 0.01
_Attempt = tuple[str, str, int]
"""A pod's UID, the name of a container, and its attempt."""


class RestartsAreSpaced:
    """At once, then after 10 s, 20 s … 300 s; ten good minutes begin anew."""

    name = "back-off of restarts"

    def __init__(self) -> None:
        self._in_a_row: dict[_Attempt, int] = {}
        self._jumps = 0

    def look(self, sight: Sight) -> Iterator[str]:
        """See `Rule`."""
        if sight.world.clock.jumps != self._jumps:
            # What was measured by a clock that was set since is no measure any more.
            self._jumps = sight.world.clock.jumps
            self._in_a_row = {}
        pods = {pod.uid: pod for pod in sight.pods}
        for step in sight.plan.steps:
            match step.operation:
                case CreateContainer(_, config) if int(config.labels.get(labels.ATTEMPT, "0")) > 0:
                    uid, name = config.labels[labels.UID], config.labels[labels.CONTAINER]
                    yield from self._judge(sight, pods[uid], name, int(config.labels[labels.ATTEMPT]))
                case _:
                    pass

    def _judge(self, sight: Sight, pod: TruePod, name: str, attempt: int) -> Iterator[str]:
        last, now = pod.latest(name), sight.world.clock()
        if last is None or last.id in sight.world.touched.containers or last.finished_at is None:
            return
        before = self._in_a_row.get((pod.uid, name, int(last.labels[labels.ATTEMPT])), 0)
        ran = last.finished_at - (last.started_at or last.finished_at)
        in_a_row = 0 if ran >= GOOD_RUN else before
        self._in_a_row[pod.uid, name, attempt] = in_a_row + 1
        due = last.finished_at + DELAYS[min(in_a_row, len(DELAYS) - 1)]
        if self._jumps == 0 and now < due - TOLERANCE:
            early = f"{due - now:.1f} s too early, after {in_a_row} restarts in a row"
            yield f"container {name} of pod {pod.name} is started again {early}"
