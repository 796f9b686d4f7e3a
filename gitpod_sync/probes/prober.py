"""The way to the probes for the deciding thread.

Nothing of asyncio is loaded until there is something to probe.
"""

from collections.abc import Callable, Iterator
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, TypeVar

from gitpod_sync.engines.protocol import Engine
from gitpod_sync.model.records.probing import ProbeReport, ProbeTarget
from gitpod_sync.workers import Workers

if TYPE_CHECKING:
    from gitpod_sync.probes.probe_loop import ProbeLoop

Told = TypeVar("Told")


class AsyncProber:
    """See `engines.protocol.Prober`. Used by one thread; `ring` is called when a verdict has changed."""

    def __init__(self, engine: Engine, workers: Workers, ring: Callable[[], None]) -> None:
        self._engine = engine
        self._workers = workers
        self._ring = ring
        self._reports: SimpleQueue[ProbeReport] = SimpleQueue()
        self._complaints: SimpleQueue[str] = SimpleQueue()
        self._targets: tuple[ProbeTarget, ...] = ()
        self._loop: ProbeLoop | None = None

    def probe(self, targets: tuple[ProbeTarget, ...]) -> None:
        """Make these probes from now on."""
        if targets == self._targets:
            return
        self._targets = targets
        if self._loop is None:
            from gitpod_sync.probes.probe_loop import ProbeLoop

            self._loop = ProbeLoop(self._engine, self._workers, self._report, self._complain)
        self._loop.probe(targets)

    def reports(self) -> tuple[ProbeReport, ...]:
        """Reports since the last call."""
        return tuple(_taken(self._reports))

    def complaints(self) -> tuple[str, ...]:
        """Faults of the engine since the last call."""
        return tuple(_taken(self._complaints))

    @property
    def look_at(self) -> float | None:
        """No time: this prober rings."""
        return None

    def close(self) -> None:
        """End the thread."""
        if self._loop is not None:
            self._loop.close()
            self._loop = None

    def _report(self, report: ProbeReport) -> None:
        self._reports.put(report)
        if report.decides:
            self._ring()

    def _complain(self, words: str) -> None:
        self._complaints.put(words)
        self._ring()


def _taken(queue: SimpleQueue[Told]) -> Iterator[Told]:
    while True:
        try:
            yield queue.get_nowait()
        except Empty:
            return
