"""The simulated engine's stream of events."""

from collections.abc import Callable, Iterator
from queue import Empty, SimpleQueue

from gitpod_sync.engines.protocol import EngineEvent
from gitpod_sync.errors import EngineUnavailable


class MemoryEventStream:
    """Events since it was opened. `cut` ends it as an outage of the engine would."""

    def __init__(self, closed: Callable[["MemoryEventStream"], None]) -> None:
        self._closed = closed
        self._queue: SimpleQueue[EngineEvent | EngineUnavailable | None] = SimpleQueue()

    def __iter__(self) -> Iterator[EngineEvent]:
        """Wait for events."""
        while (event := self._queue.get()) is not None:
            if isinstance(event, EngineUnavailable):
                raise event
            yield event

    def waiting(self) -> Iterator[EngineEvent]:
        """Events that have come and were not taken yet, without waiting for more."""
        while True:
            try:
                event = self._queue.get_nowait()
            except Empty:
                return
            if isinstance(event, EngineEvent):
                yield event

    def put(self, event: EngineEvent) -> None:
        """Something happened."""
        self._queue.put(event)

    def cut(self) -> None:
        """The engine went away."""
        self._queue.put(EngineUnavailable("the engine ended its stream of events"))

    def close(self) -> None:
        """End the iteration."""
        self._closed(self)
        self._queue.put(None)
