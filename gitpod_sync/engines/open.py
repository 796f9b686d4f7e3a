"""From the configured address to an engine, or to another of its faces.

Each implementation is loaded only when it is asked for: who simulates loads no Docker client.
"""

import time

from gitpod_sync.engines.container_access import Console, Reader
from gitpod_sync.engines.protocol import Engine, Trials
from gitpod_sync.model.base.instance import Instance

SIMULATED = "simulated"
"""In place of an address: an engine on plain dictionaries that lives as long as the process."""


def open_engine(
    instance: Instance, url: str | None, *, read_only: bool = False, trials: Trials | None = None
) -> Engine:
    """One instance's view of the engine at `url` (None: DOCKER_HOST, or the local socket). It connects when asked.

    With `read_only` whatever would change something raises `EngineError` before anything is sent. `trials` remembers
    what had to be tried on the engine.
    """
    if url == SIMULATED:
        from gitpod_sync.engines.memory.engine import MemoryEngine

        return MemoryEngine(instance, time.time)
    from gitpod_sync.engines.docker.engine import DockerEngine

    return DockerEngine(instance, url, read_only=read_only, trials=trials)


def open_reader(instance: Instance, url: str | None) -> Reader:
    """The inside of the engine's containers, for looking only."""
    if url == SIMULATED:
        return _simulated_console(instance)
    from gitpod_sync.engines.docker.console import DockerReader

    return DockerReader(url)


def open_console(instance: Instance, url: str | None) -> Console:
    """The inside of the engine's containers, to work in."""
    if url == SIMULATED:
        return _simulated_console(instance)
    from gitpod_sync.engines.docker.console import DockerConsole

    return DockerConsole(url)


def _simulated_console(instance: Instance) -> Console:
    from gitpod_sync.engines.memory.console import MemoryConsole
    from gitpod_sync.engines.memory.engine import MemoryEngine

    return MemoryConsole(MemoryEngine(instance, time.time))
