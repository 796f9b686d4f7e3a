"""Probes by true time: whatever the clock does, a question comes due when its period has passed."""

from collections.abc import Callable

from gitpod_sync.engines.memory.engine import MemoryEngine
from gitpod_sync.errors import EngineError
from gitpod_sync.model.records.probe_count import ProbeCount, begin_count, count_answer
from gitpod_sync.model.records.probing import ProbeReport, ProbeTarget
from simulation.clock import MachineClock
from simulation.verdicts import Verdicts


class RingingProber:
    """Asks when the simulation says so, and rings when a verdict has changed, as the real one does."""

    def __init__(self, engine: MemoryEngine, clock: MachineClock, ring: Callable[[], None], verdicts: Verdicts) -> None:
        self._engine = engine
        self._clock = clock
        self._ring = ring
        self._verdicts = verdicts
        self._counts: dict[ProbeTarget, tuple[ProbeCount, float]] = {}
        self._reports: list[ProbeReport] = []

    def probe(self, targets: tuple[ProbeTarget, ...]) -> None:
        """See `engines.protocol.Prober`."""
        now, elapsed = self._clock(), self._clock.elapsed
        self._counts = {
            target: self._counts.get(target) or (begin_count(target), elapsed + max(0.0, target.begins_at - now))
            for target in targets
        }

    def reports(self) -> tuple[ProbeReport, ...]:
        """See `engines.protocol.Prober`."""
        found, self._reports = tuple(self._reports), []
        self._verdicts.learn(found)
        return found

    def complaints(self) -> tuple[str, ...]:
        """A simulated engine is never slow."""
        return ()

    @property
    def look_at(self) -> float | None:
        """It rings."""
        return None

    def close(self) -> None:
        """Nothing to give back."""

    @property
    def next_question(self) -> float | None:
        """When the next question comes due, in elapsed seconds."""
        return min((at for count, at in self._counts.values() if not count.over), default=None)

    def ask(self) -> None:
        """Ask everything that is due."""
        for target, (count, at) in tuple(self._counts.items()):
            if not count.over and at <= self._clock.elapsed:
                self._counts[target] = (self._ask(target, count), self._clock.elapsed + target.period)

    def _ask(self, target: ProbeTarget, count: ProbeCount) -> ProbeCount:
        now = self._clock()
        try:
            answer = self._engine.answer(target.container, target.kind, now)
        except EngineError:
            return count  # it is gone, or the engine is: there is nobody to ask
        count, report = count_answer(target, count, answer, now)
        if report is not None:
            self._reports.append(report)
            if report.decides:
                self._ring()
        return count
