"""The configuration read again while the daemon runs: what can be exchanged between two passes is."""

import logging
import threading
from collections.abc import Callable
from dataclasses import fields, replace

from gitpod_sync.cli.assembly import open_sources
from gitpod_sync.configuration.config import Config, Flags, load_config
from gitpod_sync.errors import GitpodSyncError
from gitpod_sync.loop.notify import notify
from gitpod_sync.loop.revisions.in_force import Sources
from gitpod_sync.manifests.policy import Policy
from gitpod_sync.model.settings import Settings

log = logging.getLogger(__name__)

Adopt = Callable[[Sources, Policy, Settings], None]

_EXCHANGED = {"sources", "manifests", "pods"}
_KEYS = {"engine_url": "[engine] url", "parallel_pulls": "[engine] parallel_pulls"}
"""What the file calls them, where that is not the field's own name."""


class Reloading:
    """`adopt` is given what is to be in force from the next pass on. Flags and variables win over the file as ever."""

    def __init__(self, flags: Flags, config: Config, adopt: Adopt) -> None:
        self._flags = flags
        self._config = config
        self._adopt = adopt
        self._lock = threading.Lock()

    def reload(self) -> None:
        """Read it. What cannot be used changes nothing, and what cannot be exchanged is named."""
        with self._lock:
            notify("RELOADING=1")
            try:
                self._reload()
            except GitpodSyncError as error:
                log.error("the configuration cannot be used; what was in force stays: %s", error)  # noqa: TRY400
            finally:
                notify("READY=1")

    def _reload(self) -> None:
        read = load_config(self._flags)
        later = fixed_fields(self._config, read)
        manifests = replace(read.manifests, state_dir=self._config.manifests.state_dir)
        config = replace(read, manifests=manifests, **{name: getattr(self._config, name) for name in later})
        self._adopt(open_sources(config, keep=True), config.manifests, config.pods)
        self._config = config
        told = "the configuration was read again"
        if later:
            told = f"{told}; {', '.join(_KEYS.get(name, name) for name in later)}: changed, and read at a restart only"
        log.info("%s", told)


def fixed_fields(before: Config, after: Config) -> tuple[str, ...]:
    """The fields that differ and that a running daemon cannot exchange."""
    fixed = (each.name for each in fields(Config) if each.name not in _EXCHANGED)
    return tuple(name for name in fixed if getattr(before, name) != getattr(after, name))
