"""Looks at the node every ten seconds, in a thread of its own, and rings when a pass should do something about it.

Source of the numbers: Kubernetes, "Node-pressure Eviction", eviction monitoring interval. A look costs a few calls
to the kernel, or to an engine elsewhere; who uses what is asked only when something is short, and for limits of storage
once a minute.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

from gitpod_sync.controllers.pod.pod_state import PodState
from gitpod_sync.engines.node import NodeReader
from gitpod_sync.loop.watch.node_look import take_look
from gitpod_sync.loop.watch.rounds import Rounds
from gitpod_sync.model.records.pressure import EvictionSettings, NodeCondition, Pressure, condition_of, holding
from gitpod_sync.plan.eviction.storage_limits import find_excess
from gitpod_sync.status.history import History

log = logging.getLogger(__name__)

LOOK_EVERY = 10.0
MEASURE_EVERY = 60.0


class NodeWatch:
    """`look` is called by its thread, or by a test in place of it; everything else by the thread that decides."""

    def __init__(
        self,
        reader: NodeReader,
        history: History,
        settings: EvictionSettings,
        clock: Callable[[], float],
        ring: Callable[[], None],
    ) -> None:
        self._reader = reader
        self._history = history
        self._settings = settings
        self._clock = clock
        self._ring = ring
        self._pods: Sequence[PodState] = ()
        self._measure_at = 0.0
        self._unwatched = ""
        self._lock = threading.Lock()
        self._pressure = Pressure(conditions=history.conditions())
        self._attended = False
        self._rounds = Rounds("node watch", self.look, lambda: LOOK_EVERY)

    @property
    def pressure(self) -> Pressure:
        """How the node stands after the last look."""
        return self._pressure

    def go_by(self, settings: EvictionSettings) -> None:
        """Judge by these from the next look on."""
        self._settings = settings

    def attend(self, pods: Sequence[PodState]) -> None:
        """Set the pods whose use may be asked for. Once they are known, the node is looked at anew."""
        self._pods = pods
        if not self._attended:
            self._attended = True
            self._rounds.soon()

    def answered(self, look_at: float) -> None:
        """Note that a look was acted on; the next look shows the effect."""
        with self._lock:
            if self._pressure.look.at == look_at:
                self._pressure = replace(self._pressure, answered=True)

    def start(self) -> None:
        """Begin to look."""
        self._rounds.start()

    def stop(self) -> None:
        """End it, and wait for a look under way, within reason."""
        self._rounds.stop()

    def look(self) -> None:
        """Look once. Raises `EngineError` when the engine cannot be asked; what was known stays so."""
        now = self._clock()
        measure = self._attended and now >= self._measure_at
        before = self._pressure
        pressure, unwatched = take_look(self._reader, self._pods, before, self._settings, now, with_limits=measure)
        if measure:
            self._measure_at = now + MEASURE_EVERY
        with self._lock:
            self._pressure = pressure
        if pressure.conditions != before.conditions:
            self._history.record_conditions(pressure.conditions)
        self._tell(before, pressure, unwatched)
        ended = before.conditions.keys() - pressure.conditions.keys()
        if pressure.due or ended or self._any_excess(pressure):
            self._ring()

    def _any_excess(self, pressure: Pressure) -> bool:
        uses = pressure.look.uses
        limited = (state.pod for state in self._pods if state.pod.identity.uid in uses)
        return any(find_excess(pod.template.spec, uses[pod.identity.uid]) for pod in limited)

    def _tell(self, before: Pressure, now: Pressure, unwatched: str) -> None:
        if unwatched != self._unwatched:
            self._unwatched = unwatched
            if unwatched:
                log.warning("pressure on the node is not watched: %s", unwatched)
            else:
                log.info("pressure on the node is watched")
        for condition in sorted(now.conditions.keys() - before.conditions.keys()):
            log.warning("the node has %s: %s", condition, _reasons(now, condition))
        ended = before.conditions.keys() - holding(now, self._settings, now.look.at).keys()
        for condition in sorted(ended):
            log.info("the node has no %s any more", condition)


def _reasons(pressure: Pressure, condition: NodeCondition) -> str:
    from_signals = (
        f"{met.threshold.signal} is {met.level.available} of {met.level.capacity}, below {met.quantity}"
        for met in pressure.met
        if condition_of(met.threshold.signal) is condition
    )
    return "; ".join(from_signals)
