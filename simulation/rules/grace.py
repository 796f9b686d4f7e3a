"""Nobody is killed before the grace period is over."""

from collections.abc import Iterator

from gitpod_sync.engines.memory.containers import SimulatedContainer
from gitpod_sync.model.base import labels
from gitpod_sync.operations.operations import RemoveContainer, SignalContainer
from simulation.sight import Sight

LEAST = 2.0
"""Seconds between TERM and KILL when a preStop has used up the rest."""

TOLERANCE = 0.05


class GraceIsGiven:
    """TERM first, and as long as the pod says between it and KILL, but for what a preStop has used of it."""

    name = "the grace period is given"

    def __init__(self) -> None:
        self._told: dict[str, float] = {}
        """When containers, by id, were first told to end, in elapsed seconds."""

    def look(self, sight: Sight) -> Iterator[str]:
        """See `Rule`."""
        elapsed = sight.world.clock.elapsed
        for step in sight.plan.steps:
            match step.operation:
                case SignalContainer(identifier, signal) if signal != "SIGKILL":
                    self._told.setdefault(identifier, elapsed)
                case SignalContainer(identifier) | RemoveContainer(identifier):
                    yield from self._judge(sight, identifier)
                case _:
                    pass

    def _judge(self, sight: Sight, identifier: str) -> Iterator[str]:
        world = sight.world
        found = world.engine.containers.get(identifier)
        if found is None or not found.alive or labels.CONTAINER not in found.labels or world.clock.jumps:
            return
        if found.id in world.touched.containers or self._is_of_touched(sight, found):
            return
        grace, told = float(found.labels[labels.GRACE]), self._told.get(identifier)
        least = max(LEAST, grace - self._pre_stop(sight, found)) if grace else 0.0
        if least and (told is None or world.clock.elapsed - told < least - TOLERANCE):
            since = "never told to end" if told is None else f"told to end {world.clock.elapsed - told:.1f} s ago"
            yield f"container {found.name} is killed, and was {since}; its grace period is {grace:g} s"

    def _is_of_touched(self, sight: Sight, found: SimulatedContainer) -> bool:
        uid = found.labels.get(labels.UID)
        return any(pod.uid == uid and sight.world.touched.has(pod) for pod in sight.pods)

    def _pre_stop(self, sight: Sight, found: SimulatedContainer) -> float:
        """Seconds that preStop may take of the grace period, with the calls that mark the pod and run it."""
        pod = next((pod for pod in sight.pods if pod.uid == found.labels.get(labels.UID)), None)
        if pod is None or pod.template is None:
            return 0.0
        sleeps = [each.lifecycle.pre_stop.sleep for each in pod.template.spec.containers if each.lifecycle.pre_stop]
        # Sidecars wait for their turn, which uses the grace period up as well.
        waits = float(found.labels[labels.GRACE]) if pod.template.spec.sidecars else 0.0
        slow = 2 * sight.world.workers.slow_seconds
        return max([waits, *(float(sleep.seconds) + slow for sleep in sleeps if sleep)])
