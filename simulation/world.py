"""One instance on one simulated engine, turned by hand: what `loop.daemon` does, without threads and waiting."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import count
from typing import Protocol

from gitpod_sync.engines.memory.containers import SimulatedContainer
from gitpod_sync.engines.memory.engine import MemoryEngine
from gitpod_sync.engines.memory.person import Hand
from gitpod_sync.engines.memory.stream import MemoryEventStream
from gitpod_sync.errors import EngineUnavailable
from gitpod_sync.loop.daemon import ENGINE_RETRY, FRESH_EVERY
from gitpod_sync.loop.memory.memory import read_failures
from gitpod_sync.loop.reconciler import Deps, Reconciler
from gitpod_sync.loop.watch.engine_watch import calls_for_a_look
from gitpod_sync.model.base import labels
from gitpod_sync.model.base.instance import Instance
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.desired import Desired, Object, desired_of
from gitpod_sync.model.records.digest_key import DigestKey
from gitpod_sync.model.records.interventions import NODE
from gitpod_sync.plan.steps import Plan
from simulation.asked import Asked
from simulation.clock import MachineClock
from simulation.defects import Defects
from simulation.faults import Crash, Faults, FragileHistory
from simulation.probing import RingingProber
from simulation.programs import shifted
from simulation.sources import Sources
from simulation.trace import Trace
from simulation.truth import Touched
from simulation.verdicts import Verdicts
from simulation.workers import SteppedWorkers

INSTANCE = Instance("sim")
KEY = DigestKey(b"a key of the simulation that is secret")
TURN = 0.02
"""Seconds between two turns."""


@dataclass(slots=True)
class _Times:
    """When the loop looks again without being rung for, in elapsed seconds; None: not before something rings."""

    wake: float | None = None
    fresh: float = FRESH_EVERY
    end_of_outage: float | None = None
    end_of_stall: float = 0.0


class Judge(Protocol):
    """Is shown every plan before any of it is carried out."""

    def begin_process(self, world: "World") -> None:
        """A new process of ours begins: what an earlier one had under way is lost."""
        ...

    def look_at_plan(self, world: "World", plan: Plan, *, called_for: bool) -> None:
        """Raises `BrokenPromise`. `called_for`: something has happened or come due, so that a pass had to be made."""
        ...


class World:
    """`judge` looks at every plan. What scenes may set is public."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self.clock = MachineClock()
        self.touched = Touched()
        self.verdicts = Verdicts()
        self.workers = SteppedWorkers(self.clock)
        self.faults = Faults(self.clock)
        self.defects = Defects()
        self.engine = MemoryEngine(INSTANCE, self.clock)
        self.engine.before, self.engine.after = self.faults.before, self.faults.after
        self.hand = Hand(self.engine)
        self.history = FragileHistory(self.faults)
        self.sources = Sources(self.clock)
        self.desired = Desired()
        self.state_was_lost = False
        """Something that was written down is not there any more, or could not be written down."""
        self.plan = Plan()
        self.decided = 0
        """How many operations were decided on."""
        self.trace = Trace()
        """Everything that was decided, and when."""
        self.missed_events = 0
        """How many of the next events of the engine are lost."""
        self._times = _Times()
        self._nonces = count(1)
        self._rung = True
        self._stream: MemoryEventStream = self.engine.events()
        self._begin()

    def bring(self, changes: Mapping[Key, Object | None], commit: str) -> None:
        """Git brings these objects; None for one that goes. `commit` is what is in force from then on."""
        self.sources.bring(changes)
        self.follow_sources(commit)

    def follow_sources(self, commit: str) -> None:
        """Take what is in force of them for what is wanted."""
        found = self.sources.in_force
        if found is None:
            return
        desired = desired_of(found, self.desired.commit)
        # A commit that changes nothing is not in force either.
        self.desired = self.desired if desired == self.desired else replace(desired, commit=commit)
        self.ring()

    def ring(self) -> None:
        """Ask for a pass."""
        self._rung = True

    def turn(self) -> None:
        """A pass if one is due, then the workers, then what the engine has told, then what probes find."""
        if self._stalls:
            self.clock.advance(TURN)
            return
        try:
            if self._is_due():
                self._pass()
            self.workers.advance()
        except Crash:
            self.die()
        self._end_outage()
        self._hear()
        self.prober.ask()
        self.clock.advance(TURN)

    def wait(self, seconds: float) -> None:
        """Let time pass, with everything that comes due in it."""
        end = self.clock.elapsed + seconds
        while True:
            self.turn()
            at = self.next_time()
            if at >= end:
                break
            self.wind_to(at)
        self.wind_to(end)

    def wind_to(self, elapsed: float) -> None:
        """Let time pass at once; programs whose time is over come to their end."""
        self.clock.advance(max(0.0, elapsed - self.clock.elapsed))
        self.engine.let_time_pass()
        self._hear()

    def next_time(self) -> float:
        """When something comes due without a hand, in elapsed seconds."""
        if self._stalls:
            return self._times.end_of_stall
        if self._rung:
            return self.clock.elapsed
        end = self.engine.next_end
        times = [
            self._times.wake,
            self._times.fresh,
            self._times.end_of_outage,
            self.prober.next_question,
            self.workers.next_time,
            None if end is None else self.clock.elapsed + end - self.clock(),
        ]
        return min(at for at in times if at is not None)

    @property
    def is_quiet(self) -> bool:
        """Nothing is under way, and nothing has called for a pass."""
        return self.workers.idle and not self._rung

    def die(self, *, losing_state: bool = False) -> None:
        """Our process dies, and another one takes its place."""
        self.workers.forget_all()
        if losing_state:
            self.state_was_lost = True
            self.history.close()
            self.history = FragileHistory(self.faults, self.history.finished.read_again())
        self.sources.begin(losing_state=losing_state)
        self.follow_sources(self.desired.commit)
        self._begin()

    def begin_outage(self, seconds: float, *, with_all: bool) -> None:
        """The engine does not answer for so long; `with_all` that runs on it."""
        if self.engine.unavailable:
            return
        if with_all:
            self.touched.containers |= {each.id for each in self.containers(alive=True)}
            self.hand.stop_engine()
        else:
            self.engine.cut_streams()
            self.engine.unavailable = True
        self.ring()
        self._times.end_of_outage = self.clock.elapsed + seconds

    def stall(self, seconds: float) -> None:
        """The engine answers nothing for so long, and loses nothing: programs go on, and everything of ours waits."""
        self._times.end_of_stall = self.clock.elapsed + seconds

    def jump(self, seconds: float) -> None:
        """The clock is set. Programs do not care."""
        self.clock.jump(seconds)
        for container in self.engine.containers.values():
            if container.alive:
                container.behaviour = shifted(container.behaviour, seconds)

    def calm_down(self) -> None:
        """The faults stop: from now on everything goes well."""
        self.faults.clear()
        self.defects.clear()
        self.sources.mend()
        self.follow_sources(self.desired.commit)
        self.workers.let_go()
        self.missed_events = 0
        for container in self.engine.containers.values():
            told = self.engine.behaviours.get(container.config.image, container.behaviour).answers_well
            container.behaviour = replace(container.behaviour, answers_well=told)
        self._times.end_of_outage = self._times.end_of_stall = self.clock.elapsed
        self._end_outage()
        self.history.withdraw_interventions(each for each in self.history.interventions() or () if each.subject == NODE)
        self.ring()

    @property
    def asked(self) -> Mapping[Key, Asked]:
        """What Git asks for."""
        return {**self.desired.workloads, **self.desired.cron_jobs}

    def containers(self, *, alive: bool | None = None, sandboxes: bool | None = None) -> list[SimulatedContainer]:
        """Those of the instance, in the order in which they were made."""
        return [
            each
            for each in self.engine.containers.values()
            if each.labels.get(labels.INSTANCE) == INSTANCE.name
            and alive in {None, each.alive}
            and sandboxes in {None, labels.CONTAINER not in each.labels}
        ]

    def _begin(self) -> None:
        self.prober = RingingProber(self.engine, self.clock, self.ring, self.verdicts)
        self.verdicts.recall(self.history.health())
        deps = Deps(
            instance=INSTANCE,
            engine=self.engine,
            prober=self.prober,
            history=self.history,
            workers=self.workers,
            clock=self.clock,
            nonce=lambda: f"nonce-{next(self._nonces)}",
            ring=self.ring,
            digest_key=KEY,
        )
        self.reconciler = Reconciler(deps, read_failures(self.history))
        self._judge.begin_process(self)
        self._times.wake = None
        self.ring()

    @property
    def _stalls(self) -> bool:
        return self.clock.elapsed < self._times.end_of_stall

    def _is_due(self) -> bool:
        wake = self._times.wake
        return (
            self._rung or self.clock.elapsed >= self._times.fresh or (wake is not None and self.clock.elapsed >= wake)
        )

    def _pass(self) -> None:
        wake, elapsed = self._times.wake, self.clock.elapsed
        fresh = elapsed >= self._times.fresh
        called_for = self._rung or (wake is not None and elapsed >= wake)
        self._rung = False
        try:
            with self.defects.at_work(elapsed):
                self.plan = self.reconciler.run_pass(self.desired, fresh=fresh)
        except EngineUnavailable:
            self._times.wake = elapsed + ENGINE_RETRY
            return
        if fresh:
            self._times.fresh = elapsed + FRESH_EVERY
        at = self.plan.wake_at
        self._times.wake = None if at is None else elapsed + max(0.0, at - self.clock())
        self._remember(self.plan)
        self._judge.look_at_plan(self, self.plan, called_for=called_for)

    def _remember(self, plan: Plan) -> None:
        self.decided += len(plan.steps)
        self.trace.note(self.clock.elapsed, plan.steps, self.engine.containers)

    def _end_outage(self) -> None:
        end = self._times.end_of_outage
        if end is None or end > self.clock.elapsed:
            return
        self._times.end_of_outage = None
        if self.engine.unavailable:
            self.engine.unavailable = False
            self._stream = self.engine.events()
            self.ring()

    def _hear(self) -> None:
        if self._stalls:
            return
        for event in self._stream.waiting():
            if not calls_for_a_look(event, self.reconciler.is_under_way):
                continue
            if self.missed_events > 0:
                self.missed_events -= 1
            else:
                self.ring()
