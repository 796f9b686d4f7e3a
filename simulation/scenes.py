"""What can happen in a story. A scene knows its sentence, and how to make it happen to a world."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

from gitpod_sync.engines.memory.containers import Behaviour, SimulatedContainer
from gitpod_sync.errors import ConfigError, EngineError
from gitpod_sync.model.base import labels
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.desired import Config
from gitpod_sync.model.engine.container import Limits
from gitpod_sync.model.pods.configs import ConfigMap
from gitpod_sync.model.records.interventions import NODE, Intervention, Verb
from simulation.asked import Asked
from simulation.defects import Flaw
from simulation.faults import Place, Refusal
from simulation.kinds.all import kind_of
from simulation.sources import Trouble
from simulation.world import INSTANCE, World


class Scene(Protocol):
    """Its `str` is a sentence."""

    def happen(self, world: World) -> None:
        """Make it so."""
        ...


@dataclass(frozen=True, slots=True)
class Commit:
    """Git brings other workloads; None for one that it does not name any more."""

    changes: tuple[tuple[Key, Asked | None], ...]

    def __str__(self) -> str:
        return "Git brings " + "; ".join(
            f"{key}: {kind_of(key).tell(each)}" if each else f"no {key} any more" for key, each in self.changes
        )

    def happen(self, world: World) -> None:
        """See `Scene`."""
        world.bring(dict(self.changes), commit=f"{world.clock.elapsed:.3f}")


@dataclass(frozen=True, slots=True)
class ConfigCommit:
    """Git brings another ConfigMap or Secret."""

    config: Config

    def __str__(self) -> str:
        kind = "ConfigMap" if isinstance(self.config, ConfigMap) else "Secret"
        return f"Git brings another {kind} {self.config.metadata.name}"

    def happen(self, world: World) -> None:
        """See `Scene`."""
        world.bring({self.config.key: self.config}, commit=world.desired.commit)


@dataclass(frozen=True, slots=True)
class Wait:
    """Time passes."""

    seconds: float

    def __str__(self) -> str:
        return f"{self.seconds:g} s pass"

    def happen(self, world: World) -> None:
        """See `Scene`."""
        world.wait(self.seconds)


@dataclass(frozen=True, slots=True)
class SourceGoesBad:
    """Somebody commits a mistake to one of the sources; what is brought to it counts once it is mended."""

    source: str
    trouble: Trouble

    def __str__(self) -> str:
        return f"source {self.source} {self.trouble}"

    def happen(self, world: World) -> None:
        """See `Scene`."""
        world.sources.go_bad(self.source, self.trouble)
        world.follow_sources(world.desired.commit)


@dataclass(frozen=True, slots=True)
class SourcesAreMended:
    """Whichever source is bad is as it should be again."""

    def __str__(self) -> str:
        return "no source is bad any more"

    def happen(self, world: World) -> None:
        """See `Scene`."""
        world.sources.mend()
        world.follow_sources(f"{world.clock.elapsed:.3f}")


class Mishap(StrEnum):
    """What befalls a container by itself."""

    DIES = "dies"
    ENDS = "ends well"
    RUNS_OUT_OF_MEMORY = "runs out of memory"
    GOES_DEAF = "ignores TERM from now on"
    TURNS_UNREADY = "answers its readiness probe badly for 20 s"
    HANGS = "answers no probe any more"


@dataclass(frozen=True, slots=True)
class Befalls:
    """Something befalls a container of an application."""

    mishap: Mishap
    index: int

    def __str__(self) -> str:
        return f"container {self.index} of those that run {self.mishap}"

    def happen(self, world: World) -> None:
        """See `Scene`."""
        running = world.containers(alive=True, sandboxes=False)
        if not running or world.engine.unavailable:
            return
        container = running[self.index % len(running)]
        match self.mishap:
            case Mishap.DIES:
                world.hand.kill(container.id)
            case Mishap.ENDS:
                with world.engine.calling():
                    world.engine.end(container, 0)
            case Mishap.RUNS_OUT_OF_MEMORY:
                world.hand.exhaust_memory(container.id)
            case Mishap.GOES_DEAF:
                container.behaviour = replace(container.behaviour, ignores_term=True)
            case Mishap.TURNS_UNREADY:
                _answer_badly(world, container, ("readiness",), 20.0)
            case Mishap.HANGS:
                _answer_badly(world, container, ("readiness", "liveness"), None)


class Deed(StrEnum):
    """What somebody's hand does to a container."""

    KILL = "kills"
    STOP = "stops"
    REMOVE = "removes"
    PAUSE = "pauses"
    RENAME = "renames"
    DISCONNECT = "takes off the network"
    CONNECT = "puts on another network"
    UPDATE = "changes the limits of"
    RESTART = "restarts"
    START = "starts"


@dataclass(frozen=True, slots=True)
class HandOn:
    """Somebody's hand is on a container of ours, a sandbox or another."""

    deed: Deed
    index: int

    def __str__(self) -> str:
        return f"somebody {self.deed} container {self.index} of ours"

    def happen(self, world: World) -> None:
        """See `Scene`. What the engine refuses a person has not happened."""
        alive = {Deed.KILL: True, Deed.STOP: True, Deed.PAUSE: True, Deed.START: False}
        found = world.containers(alive=alive.get(self.deed))
        if not found or world.engine.unavailable:
            return
        container = found[self.index % len(found)]
        world.touched.containers.add(container.id)
        deeds: Mapping[Deed, Callable[[], None]] = {
            Deed.KILL: lambda: world.hand.kill(container.id),
            Deed.STOP: lambda: world.hand.stop(container.id),
            Deed.REMOVE: lambda: world.hand.remove(container.id),
            Deed.PAUSE: lambda: world.hand.pause(container.id),
            Deed.RENAME: lambda: world.hand.rename(container.id, f"mine-{self.index}"),
            Deed.DISCONNECT: lambda: world.hand.disconnect(container.id, INSTANCE.network),
            Deed.CONNECT: lambda: world.hand.connect(container.id, "elsewhere"),
            Deed.UPDATE: lambda: world.hand.update(container.id, Limits(memory=1, cpu_shares=3)),
            Deed.RESTART: lambda: world.hand.restart(container.id),
            Deed.START: lambda: world.hand.start(container.id),
        }
        try:
            deeds[self.deed]()
        except EngineError:
            return
        if self.deed in {Deed.RESTART, Deed.START}:
            # The program begins anew: what was shifted or went wrong with the one before is over.
            container.behaviour = world.engine.behaviours.get(container.config.image, container.behaviour)


@dataclass(frozen=True, slots=True)
class SandboxTaken:
    """Somebody removes the sandbox of a pod, and its programs run on."""

    index: int

    def __str__(self) -> str:
        return f"somebody removes sandbox {self.index} of those under which something runs"

    def happen(self, world: World) -> None:
        """See `Scene`."""
        under = {each.labels.get(labels.UID) for each in world.containers(alive=True, sandboxes=False)}
        found = [each for each in world.containers(sandboxes=True) if each.labels.get(labels.UID) in under]
        if found and not world.engine.unavailable:
            sandbox = found[self.index % len(found)]
            world.touched.containers.add(sandbox.id)
            world.hand.remove(sandbox.id)


@dataclass(frozen=True, slots=True)
class Prune:
    """Somebody cleans up."""

    def __str__(self) -> str:
        return "somebody prunes the engine, volumes and images included"

    def happen(self, world: World) -> None:
        """See `Scene`."""
        if not world.engine.unavailable:
            world.hand.prune()


@dataclass(frozen=True, slots=True)
class Maintenance:
    """Somebody cordons the node, drains it, or with no verb gives it back."""

    verb: Verb | None

    def __str__(self) -> str:
        return f"somebody orders to {self.verb or 'uncordon'} the node"

    def happen(self, world: World) -> None:
        """See `Scene`. A disk that is full takes no orders."""
        with suppress(ConfigError):
            world.history.take_back(each for each in world.history.interventions() or () if each.subject == NODE)
            if self.verb is not None:
                world.history.give_intervention(Intervention(NODE, self.verb, at=world.clock()))
        world.ring()


@dataclass(frozen=True, slots=True)
class Flawed:
    """For a while a function of ours throws for one of the workloads."""

    flaw: Flaw
    number: int
    seconds: float

    def __str__(self) -> str:
        return f"{self.flaw} fails for workload {self.number} for {self.seconds:g} s"

    def happen(self, world: World) -> None:
        """See `Scene`."""
        asked = sorted(world.asked)
        if asked:
            world.defects.begin(asked[self.number % len(asked)], self.flaw, world.clock.elapsed + self.seconds)
            world.ring()


@dataclass(frozen=True, slots=True)
class Refusals:
    """Calls fail."""

    refusal: Refusal
    times: int

    def __str__(self) -> str:
        return f"each of the next {self.times} calls {self.refusal}"

    def happen(self, world: World) -> None:
        """See `Scene`."""
        world.faults.refuse(self.refusal, self.times)


@dataclass(frozen=True, slots=True)
class SlowCalls:
    """Calls stay under way over several passes."""

    calls: int
    every: int
    seconds: float

    def __str__(self) -> str:
        return f"of the next {self.calls} calls one in {self.every} takes {self.seconds:g} s"

    def happen(self, world: World) -> None:
        """See `Scene`."""
        world.workers.slow_calls, world.workers.slow_every = self.calls, self.every
        world.workers.slow_seconds = self.seconds


@dataclass(frozen=True, slots=True)
class LostEvents:
    """Events of the engine do not arrive."""

    events: int

    def __str__(self) -> str:
        return f"the next {self.events} events of the engine are lost"

    def happen(self, world: World) -> None:
        """See `Scene`."""
        world.missed_events = self.events


@dataclass(frozen=True, slots=True)
class Rings:
    """Events arrive again and again: passes for nothing."""

    times: int

    def __str__(self) -> str:
        return f"{self.times} events arrive twice"

    def happen(self, world: World) -> None:
        """See `Scene`."""
        for _ in range(self.times):
            world.ring()
            world.turn()


@dataclass(frozen=True, slots=True)
class Outage:
    """The engine does not answer; what runs on it goes on, or does not."""

    seconds: float
    with_all: bool

    def __str__(self) -> str:
        return f"the engine is away for {self.seconds:g} s{', and nothing runs afterwards' if self.with_all else ''}"

    def happen(self, world: World) -> None:
        """See `Scene`."""
        world.begin_outage(self.seconds, with_all=self.with_all)


@dataclass(frozen=True, slots=True)
class Stall:
    """The engine stands still, and whoever waits for it: calls, the look of a pass, probes by command."""

    seconds: float

    def __str__(self) -> str:
        return f"the engine stalls for {self.seconds:g} s, and then answers everything"

    def happen(self, world: World) -> None:
        """See `Scene`."""
        world.stall(self.seconds)


@dataclass(frozen=True, slots=True)
class Dies:
    """Our process dies."""

    place: Place
    after: int
    losing_state: bool

    def __str__(self) -> str:
        lost = ", and its state is lost" if self.losing_state else ""
        return f"our process dies {self.place}, after {self.after} more{lost}"

    def happen(self, world: World) -> None:
        """See `Scene`. At the latest it dies after a few turns."""
        if self.losing_state:
            world.die(losing_state=True)
        world.faults.crash_at(self.place, self.after)
        for _ in range(4):
            world.turn()
        if world.faults.crash_is_to_come:
            world.faults.clear_crash()
            world.die()


@dataclass(frozen=True, slots=True)
class Jump:
    """The clock is set."""

    seconds: float

    def __str__(self) -> str:
        return f"the clock jumps {'on' if self.seconds > 0 else 'back'} by {abs(self.seconds):g} s"

    def happen(self, world: World) -> None:
        """See `Scene`."""
        world.jump(self.seconds)


@dataclass(frozen=True, slots=True)
class FullDisk:
    """Nothing more can be written, neither by the engine nor by us."""

    seconds: float

    def __str__(self) -> str:
        return f"the disk is full for {self.seconds:g} s"

    def happen(self, world: World) -> None:
        """See `Scene`."""
        world.faults.disk_full = world.state_was_lost = True
        world.wait(self.seconds)
        world.faults.disk_full = False


def _answer_badly(world: World, container: SimulatedContainer, what: tuple[str, ...], seconds: float | None) -> None:
    since = world.clock() - (container.started_at or 0.0)
    # It answers well until now, or again after a while.
    window = (0.0, since) if seconds is None else (since + seconds, None)
    behaviour: Behaviour = container.behaviour
    container.behaviour = replace(behaviour, answers_well={**behaviour.answers_well, **dict.fromkeys(what, window)})
