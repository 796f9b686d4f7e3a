"""The engine's stream of events."""

from collections.abc import Callable, Iterator
from typing import Any

from docker.types import CancellableStream

from gitpod_sync.engines.docker.connecting.connection import Connection, engine_errors
from gitpod_sync.engines.protocol import EngineEvent
from gitpod_sync.errors import EngineUnavailable
from gitpod_sync.model.base.labels import INSTANCE

KINDS = ("container", "image", "network", "volume")
_NOISE = ("exec_", "health_status", "top", "attach", "resize", "export", "copy")


class DockerEventStream:
    """Events of one instance's containers and of all images, networks and volumes.

    `seen` is told of an event before the consumer is: what it makes stale must not be read again from a cache.
    `closed` is called once when the stream ends, however it ends.
    """

    def __init__(
        self, connection: Connection, instance: str, seen: Callable[[EngineEvent], None], closed: Callable[[], None]
    ) -> None:
        self._instance = instance
        self._seen = seen
        self._closed = closed
        self._ended = False
        with engine_errors():
            filters = {"type": list(KINDS)}
            self._stream: CancellableStream[dict[str, Any]] = connection.client.events(decode=True, filters=filters)

    def __iter__(self) -> Iterator[EngineEvent]:
        """Wait for events. Raises `EngineUnavailable` when the engine ends the stream."""
        try:
            with engine_errors():
                for raw in self._stream:
                    event = read_event(raw)
                    if self._concerns_us(event):
                        self._seen(event)
                        yield event
        except EngineUnavailable:
            if not self._ended:
                raise
        finally:
            self._finish()
        if not self._ended:
            raise EngineUnavailable("the engine ended its stream of events")

    def close(self) -> None:
        """End the iteration, from any thread."""
        self._ended = True
        self._stream.close()
        self._finish()

    def _concerns_us(self, event: EngineEvent) -> bool:
        if event.action.startswith(_NOISE):
            return False
        return event.kind != "container" or event.labels.get(INSTANCE) == self._instance

    def _finish(self) -> None:
        closed, self._closed = self._closed, _nothing
        closed()


def read_event(raw: dict[str, Any]) -> EngineEvent:
    """One entry of `GET /events`. For a network's connect and disconnect the id is the container's."""
    actor = raw.get("Actor") or {}
    attributes = actor.get("Attributes") or {}
    kind = raw.get("Type", "")
    identifier = attributes.get("container", actor.get("ID", "")) if kind == "network" else actor.get("ID", "")
    return EngineEvent(kind, raw.get("Action", ""), identifier, attributes if kind == "container" else {})


def _nothing() -> None:
    """Told already."""
