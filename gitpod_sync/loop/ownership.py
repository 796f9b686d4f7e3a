"""The owner's right: nothing on the engine is changed by a process whose machine does not own the instance."""

import logging
import os
import socket
from pathlib import Path

from gitpod_sync.engines.protocol import Engine
from gitpod_sync.errors import EngineError, EngineUnavailable, InstanceTaken
from gitpod_sync.model.base.instance import Instance
from gitpod_sync.model.engine.observed import Observed
from gitpod_sync.model.ownership import Owner, compute_owner, find_owner, owner_labels, read_owner
from gitpod_sync.operations.operations import RemoveVolume

log = logging.getLogger(__name__)

_MACHINE_ID = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))
_CONTAINER = (Path("/.dockerenv"), Path("/run/.containerenv"))


class Ownership:
    """Owned by the deciding thread. With `take_over` the first look makes the instance ours, whoever had it."""

    def __init__(self, engine: Engine, instance: Instance, owner: Owner, *, take_over: bool = False) -> None:
        self._engine = engine
        self._instance = instance
        self._owner = owner
        self._take_over = take_over
        self._untold = True
        self._lost: InstanceTaken | None = None
        self.held = False
        """Whether it has been ours since we began."""

    def check(self, observed: Observed, *, fresh: bool) -> None:
        """Take an unowned instance. Raises `InstanceTaken` when it belongs to somebody else by now.

        A mark that was pruned is made again by a `fresh` look, and not sooner: a process that takes the instance over
        removes the mark first, and is not to be forestalled.
        """
        found = find_owner(observed.volumes, self._instance)
        if found is None and self.held and not fresh:
            if self._lost:
                raise self._lost
            return
        found = found or self._claim()
        if found.digest != self._owner.digest and self._take_over:
            log.warning("instance %r is taken over from %s", self._instance.name, found)
            release_instance(self._engine, self._instance)
            found = self._claim()
        if found.digest != self._owner.digest:
            self._lost = InstanceTaken(
                f"instance {self._instance.name!r} on this engine belongs to another gitpod-sync: {found}",
                "choose another --instance, work from there, or make it yours with --take-over",
            )
            raise self._lost
        self.held, self._take_over, self._lost = True, False, None

    def _claim(self) -> Owner:
        try:
            return read_owner(self._engine.own_instance(owner_labels(self._instance, self._owner)))
        except EngineUnavailable:
            raise
        except EngineError as error:
            # Where we cannot make it nobody else can, and pods want looking after.
            if self._untold:
                log.warning("instance %r cannot be marked as ours: %s", self._instance.name, error)
            self._untold = False
            return self._owner


def release_instance(engine: Engine, instance: Instance) -> None:
    """Remove the owner's mark, once everything of the instance is removed and nothing acts for it any more."""
    engine.remove_volume(RemoveVolume(instance.owner_volume))


def read_own(state_dir: Path, machine_id: str = "") -> Owner:
    """Ourselves. `machine_id` is what the configuration calls the machine, "" where it leaves that to us."""
    host = socket.gethostname()
    return compute_owner(machine_id or _read_machine_id() or host, host, os.path.realpath(state_dir))


def _read_machine_id() -> str:
    """The machine's id; "" in a container, where the id would be the image's: then only the host name is left."""
    if any(each.exists() for each in _CONTAINER):
        return ""
    for path in _MACHINE_ID:
        try:
            found = path.read_text(encoding="ascii").strip()
        except (OSError, ValueError):
            continue
        if found and found != "uninitialized":
            return found
    return ""
