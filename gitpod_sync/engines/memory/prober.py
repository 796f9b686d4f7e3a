"""Probes of simulated containers, by the simulated engine's clock: no time passes but what is wound."""

from collections.abc import Callable
from typing import Protocol

from gitpod_sync.errors import EngineError
from gitpod_sync.model.pods.probe import ProbeKind
from gitpod_sync.model.records.probe_count import ProbeCount, begin_count, count_answer
from gitpod_sync.model.records.probing import Answer, ProbeReport, ProbeTarget


class Answering(Protocol):
    """The simulated engine as a prober sees it: containers, and the clock they live by."""

    @property
    def clock(self) -> Callable[[], float]:
        """Seconds since the epoch."""
        ...

    def answer(self, container: str, kind: ProbeKind, at: float) -> Answer:
        """The answer of the container's program to a probe at that time. Raises `EngineError` for a missing one."""
        ...


class MemoryProber:
    """Asks what has come due whenever it is looked at, each question at its own time."""

    def __init__(self, engine: Answering) -> None:
        self._engine = engine
        self._counts: dict[ProbeTarget, tuple[ProbeCount, float]] = {}

    def probe(self, targets: tuple[ProbeTarget, ...]) -> None:
        """See `engines.protocol.Prober`."""
        now = self._engine.clock()
        self._counts = {
            target: self._counts.get(target) or (begin_count(target), max(now, target.begins_at)) for target in targets
        }

    def reports(self) -> tuple[ProbeReport, ...]:
        """See `engines.protocol.Prober`."""
        found = [report for target in tuple(self._counts) for report in self._ask(target)]
        return tuple(sorted(found, key=lambda report: report.at))

    def close(self) -> None:
        """Close without effect: nothing is held open."""

    def complaints(self) -> tuple[str, ...]:
        """A simulated engine is never slow."""
        return ()

    @property
    def look_at(self) -> float | None:
        """When the next question comes due: nothing happens here by itself."""
        return min((at for count, at in self._counts.values() if not count.over), default=None)

    def _ask(self, target: ProbeTarget) -> list[ProbeReport]:
        reports = []
        count, at = self._counts[target]
        while at <= self._engine.clock() and not count.over:
            try:
                answer = self._engine.answer(target.container, target.kind, at)
            except EngineError:
                break  # it is gone, or the engine is: there is nobody to ask
            count, report = count_answer(target, count, answer, at)
            at += target.period
            reports += [report] if report else []
        self._counts[target] = (count, at)
        return reports
