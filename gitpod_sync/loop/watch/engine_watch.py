"""A thread that listens to the engine and rings when something happened that we did not do ourselves."""

import logging
import threading
from collections.abc import Callable
from contextlib import closing

from gitpod_sync.engines.protocol import EngineEvent, EventStream, Observer
from gitpod_sync.errors import EngineError
from gitpod_sync.model.base.instance import OWNER_SUFFIX
from gitpod_sync.model.base.labels import UID

log = logging.getLogger(__name__)

_CALLS_FOR_A_LOOK = {
    "container": {"create", "start", "die", "destroy", "pause", "unpause", "rename", "update", "oom"},
    "network": {"connect", "disconnect", "create", "destroy", "remove"},
    "volume": {"destroy"},
    "image": {"delete", "untag", "tag", "pull", "import", "load"},
}
_RECONNECT_AFTER = 1.0
_FIRST_TRY_WITHIN = 2.0


def calls_for_a_look(event: EngineEvent, is_under_way: Callable[[str], bool]) -> bool:
    """Whether the event calls for a pass."""
    if is_under_way(event.labels.get(UID, "")):
        return False  # the end of our own chain rings
    if event.kind == "volume" and event.id.endswith(OWNER_SUFFIX):
        return True  # somebody may have taken an instance over
    return event.action in _CALLS_FOR_A_LOOK.get(event.kind, set())


class EngineWatch:
    """Listens until stopped, through outages of the engine. `is_under_way` tells our own operations from others'."""

    def __init__(self, observer: Observer, is_under_way: Callable[[str], bool], ring: Callable[[], None]) -> None:
        self._observer = observer
        self._is_under_way = is_under_way
        self._ring = ring
        self._stopped = threading.Event()
        self._tried = threading.Event()
        self._stream: EventStream | None = None
        self._thread = threading.Thread(target=self._listen, daemon=True, name="engine events")

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def await_first_try(self) -> None:
        """Wait until it listens or cannot, within reason: what is read before that has to be read again."""
        self._tried.wait(_FIRST_TRY_WITHIN)

    def stop(self) -> None:
        """End it and wait for the thread."""
        self._stopped.set()
        stream = self._stream
        if stream is not None:
            stream.close()
        self._thread.join(timeout=5)

    def _listen(self) -> None:
        while not self._stopped.is_set():
            try:
                with closing(self._observer.events()) as stream:
                    self._stream = stream
                    self._tried.set()
                    # What happened while nobody listened has no event.
                    self._ring()
                    self._pass_on(stream)
            except EngineError as error:
                log.debug("engine events: %s", error)
            self._tried.set()
            if self._stream is not None:
                self._stream = None
                # What is missed from now on has no event either; and an engine that is gone is to be told.
                self._ring()
            self._stopped.wait(_RECONNECT_AFTER)

    def _pass_on(self, stream: EventStream) -> None:
        for event in stream:
            if self._stopped.is_set():
                return
            if calls_for_a_look(event, self._is_under_way):
                self._ring()
