"""The engine's events ring for a pass, and so does their end."""

import queue
from collections.abc import Callable

from gitpod_sync.engines.memory.stream import MemoryEventStream
from gitpod_sync.errors import EngineUnavailable
from gitpod_sync.loop.watch.engine_watch import EngineWatch
from gitpod_sync.model.engine.observed import Observed


class Going:
    """An engine that can be listened to once, and is gone afterwards."""

    def __init__(self) -> None:
        self.streams = [MemoryEventStream(lambda _: None)]
        self.heard = self.streams[0]

    def observe(
        self, images: frozenset[str], *, fresh: bool = False, alive: Callable[[], None] = lambda: None
    ) -> Observed:
        raise NotImplementedError

    def events(self) -> MemoryEventStream:
        if not self.streams:
            raise EngineUnavailable("gone")
        return self.streams.pop()

    def close(self) -> None:
        """Nothing is held."""


def test_an_engine_that_goes_away_in_a_quiet_hour_is_looked_at() -> None:
    engine = Going()
    rings: queue.SimpleQueue[str] = queue.SimpleQueue()
    watch = EngineWatch(engine, lambda _: False, lambda: rings.put("ring"))
    watch.start()
    rings.get(timeout=30)  # what happened before anybody listened
    engine.heard.cut()
    rings.get(timeout=30)
    watch.stop()
