"""A daemon on a simulated engine, fed by real sources."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from gitpod_sync.engines.memory.engine import MemoryEngine
from gitpod_sync.engines.memory.prober import MemoryProber
from gitpod_sync.loop.daemon import Daemon
from gitpod_sync.loop.reconciler import Deps
from gitpod_sync.loop.trigger import Wake
from gitpod_sync.model.base import labels
from gitpod_sync.model.base.instance import Instance
from gitpod_sync.model.engine.observed import ObservedContainer
from gitpod_sync.sources.open import open_source
from gitpod_sync.sources.spec import SourceSpec
from gitpod_sync.status.history import History
from gitpod_sync.workers import InlineWorkers
from tests.support.simulation import KEY

PATIENCE = 60.0


def simulated_deps(engine: MemoryEngine, history: History, wake: Wake) -> Deps:
    """All that a daemon on this engine works with, by the real time."""
    return Deps(
        instance=engine.instance,
        engine=engine,
        prober=MemoryProber(engine),
        history=history,
        workers=InlineWorkers(),
        clock=time.time,
        nonce=str,
        ring=wake.ring,
        digest_key=KEY,
    )


class Machine:
    """An engine and a state directory that outlive daemons."""

    def __init__(self, root: Path) -> None:
        self.state = root / "state"
        self.engine = MemoryEngine(Instance("sim"), time.time)

    @contextmanager
    def daemon(self, specs: Sequence[SourceSpec]) -> Iterator[History]:
        """A daemon that follows these sources, until the block is left."""
        wake, history = Wake(time.time), History(self.state / "sim.db")
        daemon = Daemon(
            simulated_deps(self.engine, history, wake), wake, [(spec, open_source(spec, self.state)) for spec in specs]
        )
        thread = threading.Thread(target=daemon.run, daemon=True)
        thread.start()
        try:
            yield history
        finally:
            daemon.stop()
            thread.join(PATIENCE)
            history.close()

    def pods(self) -> dict[str, str]:
        """The images of the running containers by the names of their pods."""
        return {each.labels[labels.POD]: each.config.image for each in self.alive()}

    def alive(self) -> list[ObservedContainer]:
        """The containers of pods that run, without sandboxes."""
        observed = self.engine.observe(frozenset()).containers
        return [each for each in observed if each.alive and labels.CONTAINER in each.labels]


def eventually(is_so: Callable[[], bool], what: str) -> None:
    """Wait until it is so. Fails after a while, with what was waited for."""
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline, f"not within {PATIENCE:g} s: {what}"
        time.sleep(0.01)
