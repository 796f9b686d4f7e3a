"""The interface of an engine to the rest of the program.

Reading and writing are two protocols: a dry run is given an `Observer` and so has no way to write. Everything raises
the `EngineError` family only. All methods may be called from several threads at once.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from gitpod_sync.engines.node import NodeReader
from gitpod_sync.model.engine.observed import Observed
from gitpod_sync.model.engine.pull_progress import PullProgress
from gitpod_sync.model.pods.registry_login import Login
from gitpod_sync.model.records.probing import ProbeReport, ProbeTarget
from gitpod_sync.operations import operations as op


@dataclass(frozen=True, slots=True)
class EngineEvent:
    """A change of something on the engine: only a reason to look again, never a fact to build on.

    `kind` is ``container``, ``volume``, ``network`` or ``image``; `labels` are those of a container, else empty.
    """

    kind: str
    action: str
    id: str
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pulled:
    """A pull that succeeded; `size` is the whole image's in bytes."""

    size: int


@dataclass(frozen=True, slots=True)
class Execution:
    """A command that was run in a container: `exit_code` None when it did not end in time; the output's beginning."""

    exit_code: int | None
    output: str = ""

    @property
    def told(self) -> str:
        """How a bad end reads. The output is not repeated: it may hold what the command was given of a Secret."""
        return f"exit code {self.exit_code}"


class Prober(Protocol):
    """Asks running containers how they are, again and again, and reports changed verdicts."""

    def probe(self, targets: tuple[ProbeTarget, ...]) -> None:
        """Make exactly these probes from now on; a probe that goes on keeps its count. Returns at once."""
        ...

    def reports(self) -> tuple[ProbeReport, ...]:
        """The verdicts that have changed since the last call, in their order."""
        ...

    def complaints(self) -> tuple[str, ...]:
        """Newly found faults of the engine that keep containers from being asked; for people."""
        ...

    @property
    def look_at(self) -> float | None:
        """When to look for reports although nothing rang; None for a prober that always rings."""
        ...

    def close(self) -> None:
        """Ask nothing more."""
        ...


class EventStream(Protocol):
    """Events since the stream was opened. Iteration blocks; it ends after `close`, or raises `EngineUnavailable`."""

    def __iter__(self) -> Iterator[EngineEvent]:
        """Wait for the next event."""
        ...

    def close(self) -> None:
        """End the iteration, from any thread."""
        ...


class Trials(Protocol):
    """Remembers what an engine was found to be able to do, by the run of it."""

    def score_trial(self, run: str) -> bool | None:
        """Whether it may lower the scores of containers; None when it was not tried."""
        ...

    def record_score_trial(self, run: str, *, lowers: bool) -> None:
        """It was tried."""
        ...


class Observer(Protocol):
    """An engine that can be looked at."""

    def observe(
        self, images: frozenset[str], *, fresh: bool = False, alive: Callable[[], None] = lambda: None
    ) -> Observed:
        """Read everything that carries the instance's label, and what is known of these image references.

        What has not changed since the last call according to the event stream is not read again, unless `fresh`.
        `alive` is called between two calls: a slow engine may take long for all of them.
        """
        ...

    def events(self) -> EventStream:
        """Open the stream of events of the instance's containers, and of all volumes, networks and images."""
        ...

    def close(self) -> None:
        """Give back connections."""
        ...


class NodeObserver(Observer, NodeReader, Protocol):
    """An engine that can be looked at together with its machine."""


class Engine(NodeObserver, Protocol):
    """An engine that can be changed: one method for each operation of a plan."""

    def execute_command(
        self, container: str, command: tuple[str, ...], timeout: float | None, series: str = ""
    ) -> Execution:
        """Run a command in a running container, as its user, and wait for its end.

        `timeout` is in seconds and counts from the command's start in the container, however long the engine takes to
        start it and to tell of it; None means as long as the container lives. A command that is late is left to itself:
        no engine can end it. The next one of the same `series` ("" is none) waits for that, and is late itself, without
        being run, when its own timeout passes meanwhile. Raises `EngineError` when it cannot be run at all, and
        `EngineUnavailable` when the engine does not tell what came of it.
        """
        ...

    def own_prober(self) -> Prober | None:
        """The prober of this engine's containers; None where their addresses can be asked from here."""
        ...

    def own_instance(self, labels: Mapping[str, str]) -> Mapping[str, str]:
        """Make the volume that marks the instance's owner with these labels, unless there is one; return its labels.

        Of two callers at the same moment both get the labels of one of them.
        """
        ...

    def pull_image(self, operation: op.PullImage) -> Pulled:
        """Pull an image. Raises `ImageUnavailable` with the registry's answer to each login; no login is in it."""
        ...

    def pulls(self) -> Mapping[str, PullProgress]:
        """How far the pulls under way have come, by reference. Nothing is asked for it."""
        ...

    def find_digest(self, reference: str, logins: tuple[Login, ...]) -> str:
        """The digest (`sha256:…`) that the registry has for the reference now, asked as `PullImage` asks.

        Nothing is pulled. Raises `ImageUnavailable` like `pull_image`.
        """
        ...

    def import_sandbox_image(self, operation: op.ImportSandboxImage) -> None: ...  # noqa: D102 - see the operation
    def create_network(self, operation: op.CreateNetwork) -> None: ...  # noqa: D102
    def remove_network(self, operation: op.RemoveNetwork) -> None: ...  # noqa: D102
    def connect_network(self, operation: op.ConnectNetwork) -> None: ...  # noqa: D102
    def disconnect_network(self, operation: op.DisconnectNetwork) -> None: ...  # noqa: D102
    def remove_image(self, operation: op.RemoveImage) -> None: ...  # noqa: D102
    def create_container(self, operation: op.CreateContainer) -> None: ...  # noqa: D102
    def start_container(self, operation: op.StartContainer) -> None: ...  # noqa: D102
    def write_files(self, operation: op.WriteFiles) -> None: ...  # noqa: D102
    def share_folder(self, operation: op.ShareFolder) -> None: ...  # noqa: D102
    def share_tree(self, operation: op.ShareTree) -> None: ...  # noqa: D102
    def check_path(self, operation: op.CheckPath) -> None: ...  # noqa: D102
    def make_folder(self, operation: op.MakeFolder) -> None: ...  # noqa: D102
    def clear_message(self, operation: op.ClearMessage) -> None: ...  # noqa: D102
    def signal_container(self, operation: op.SignalContainer) -> None: ...  # noqa: D102
    def unpause_container(self, operation: op.UnpauseContainer) -> None: ...  # noqa: D102
    def update_container(self, operation: op.UpdateContainer) -> None: ...  # noqa: D102
    def rename_container(self, operation: op.RenameContainer) -> None: ...  # noqa: D102
    def remove_container(self, operation: op.RemoveContainer) -> None: ...  # noqa: D102
    def remove_volume(self, operation: op.RemoveVolume) -> None: ...  # noqa: D102
