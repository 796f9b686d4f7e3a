"""One pass: read a snapshot, compute, act. Never waits for anything."""

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from gitpod_sync.engines.protocol import Engine, Prober
from gitpod_sync.execute.dispatch import Dispatcher
from gitpod_sync.loop.gc_pause import collector_at_rest
from gitpod_sync.loop.memory.memory import Memory
from gitpod_sync.loop.memory.recorder import Recorder
from gitpod_sync.loop.ownership import Ownership
from gitpod_sync.loop.snapshots import Snapshots
from gitpod_sync.loop.stages import Stage, Stages
from gitpod_sync.loop.watch.node_watch import NodeWatch
from gitpod_sync.loop.watch.pulls import Pulls
from gitpod_sync.loop.watch.tag_watch import ImageLooks
from gitpod_sync.loop.watch.usage_watch import UsageWatch
from gitpod_sync.model.base.instance import Instance
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.base.pass_cache import Memo
from gitpod_sync.model.desired import Desired
from gitpod_sync.model.engine.observed import Observed
from gitpod_sync.model.records.digest_key import DigestKey
from gitpod_sync.model.records.event import Event, EventType
from gitpod_sync.model.records.pressure import NO_PRESSURE
from gitpod_sync.model.settings import DEFAULT_SETTINGS, Settings
from gitpod_sync.plan.published import Published
from gitpod_sync.plan.reconcile import compute_plan
from gitpod_sync.plan.situation import Failure, Measured, Situation, UnderWay
from gitpod_sync.plan.steps import Plan
from gitpod_sync.plan.workloads.interventions import recalled_templates
from gitpod_sync.status.history import History
from gitpod_sync.workers import Workers

log = logging.getLogger(__name__)

GAP_UNDER_WAY = 0.05
LONGEST_GAP = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Deps:
    """The collaborators and settings of a reconciler."""

    instance: Instance
    """Whose containers are looked after."""
    engine: Engine
    """Where they run."""
    prober: Prober
    """Asks the probes' questions and reports what is new."""
    history: History
    """The database."""
    workers: Workers
    """Carry out steps beside the passes."""
    clock: Callable[[], float]
    """Gives seconds since the epoch."""
    nonce: Callable[[], str]
    """Gives a fresh string at every call."""
    ring: Callable[[], None]
    """Asks for another pass, from any thread."""
    digest_key: DigestKey
    """Makes digests that tell nothing of what they are of."""
    settings: Settings = DEFAULT_SETTINGS
    """What the configuration says of pods."""
    node_watch: NodeWatch | None = None
    """None: nobody looks at what the node is short of."""
    use_watch: UsageWatch | None = None
    """None: nobody measures, and autoscalers leave things be."""
    stages: Stages = field(default_factory=Stages)
    """What the deciding thread is at, for the watchdog and for people when it takes long."""
    ownership: Ownership | None = None
    """None: nobody else can have the instance."""

    def ensure_owned(self) -> None:
        """Make the instance ours before anything is asked or done. Raises `InstanceTaken`."""
        if self.ownership:
            self.ownership.check(self.engine.observe(frozenset()), fresh=True)


class Reconciler:
    """Owned by one thread."""

    def __init__(self, deps: Deps, failures: Mapping[str, Failure]) -> None:
        """`failures` are what an earlier process left to be tried again later, if that still counts."""
        self._deps = deps
        self._memory = Memory(deps.history, failures)
        self._snapshots = Snapshots(deps.engine, deps.stages.alive)
        self._memo = Memo()
        self._recorder = Recorder(deps.history)
        self._dispatcher = Dispatcher(deps.engine, deps.workers, deps.ring)
        self._pulls = Pulls(deps.engine, deps.history)
        self._looks = ImageLooks(deps.engine, deps.workers, deps.history, deps.ring)
        self.published: Published | None = None
        """The last pass, for whoever shows it; may be read from any thread. None before the first."""

    def go_by(self, settings: Settings) -> None:
        """Decide by these from the next pass on."""
        self._deps = replace(self._deps, settings=settings)

    def run_pass(self, desired: Desired, *, fresh: bool = False) -> Plan:
        """Look, decide, and hand out what is to be done.

        Raises `EngineUnavailable` when the engine cannot be read, `InstanceTaken` when the instance is somebody else's.
        `fresh` reads everything again instead of trusting the engine's events, and computes everything again as well.
        """
        if fresh:
            self._memo = Memo()
        with collector_at_rest(), self._deps.stages.watching():
            return self._run_pass(desired, fresh=fresh)

    def _run_pass(self, desired: Desired, *, fresh: bool) -> Plan:
        enter = self._deps.stages.enter
        enter(Stage.COLLECTING)
        self._collect()
        self._looks.follow(desired, self._deps.settings, self._deps.clock())
        under_way = dict(self._memory.under_way)
        remembered = self._memory.remembered(self._looks.found)
        recalled = recalled_templates(remembered.records, remembered.interventions)
        enter(Stage.OBSERVING)
        observed = self._snapshots.take(desired, recalled, fresh=fresh)
        if self._deps.ownership:
            self._deps.ownership.check(observed, fresh=fresh)
        enter(Stage.DECIDING)
        now = self._deps.clock()
        self._memo.begin(self._deps.instance, observed.node, self._deps.settings, self._deps.digest_key)
        situation = Situation(
            instance=self._deps.instance,
            desired=desired,
            observed=observed,
            remembered=remembered,
            under_way=UnderWay(
                chains=frozenset(under_way),
                starting=tuple(identity for _, identity in sorted(under_way.items()) if identity),
                leaving=frozenset(self._memory.leaving),
            ),
            measured=Measured(
                pressure=self._deps.node_watch.pressure if self._deps.node_watch else NO_PRESSURE,
                pulling=self._pulls.look(now),
                use=self._deps.use_watch.use if self._deps.use_watch else None,
            ),
            settings=self._deps.settings,
            digest_key=self._deps.digest_key,
            now=now,
            nonce=self._deps.nonce(),
        )
        try:
            plan = compute_plan(situation, self._memo)
        except BaseException:
            # It may have been left half up to date.
            self._memo = Memo()
            raise
        enter(Stage.RECORDING)
        self._recorder.tell(self._complaints(observed), now)
        self._tell_troubles(plan)
        self.published = Published(
            desired=desired, observed=observed, records=dict(remembered.records), plan=plan, at=now
        )
        self._memory.begin(plan, now)
        self._memory.tidy(plan, observed, now)
        self._recorder.begin(plan, now)
        for step in plan.steps:
            log.debug("%s %s: %s", type(step.operation).__name__, step.subject, step.cause)
        enter(Stage.DISPATCHING)
        self._deps.prober.probe(plan.targets)
        if self._deps.node_watch:
            self._deps.node_watch.attend(plan.pods)
            if plan.remember.answers_pressure:
                self._deps.node_watch.answered(situation.measured.pressure.look.at)
        if self._deps.use_watch:
            self._deps.use_watch.attend(plan.measured)
        self._dispatcher.dispatch(plan)
        times = (
            plan.wake_at,
            self._deps.prober.look_at,
            self._looks.look_at,
            self._pulls.next_look(self._memory.under_way, now),
        )
        return replace(plan, wake_at=min((at for at in times if at is not None), default=None))

    @property
    def under_way(self) -> bool:
        """Whether operations of earlier passes have not come back yet."""
        return bool(self._memory.under_way)

    @property
    def pause(self) -> float:
        """Seconds to let pass before the next pass.

        While operations are under way their ends come in bursts, and one pass serves a burst. An engine that is busy
        with them takes long to be read: then passes do not take more than half of the time.
        """
        return min(max(GAP_UNDER_WAY, self._deps.stages.took), LONGEST_GAP) if self.under_way else 0.0

    def is_under_way(self, chain: str) -> bool:
        """Whether operations of one chain have not come back yet. May be asked from any thread."""
        return chain in self._memory.under_way

    def stop(self) -> None:
        """Begin no further operation, and ask no further question, unless another pass is made."""
        self._dispatcher.stop()
        self._deps.prober.probe(())
        self._recorder.write(self._deps.clock())

    def _complaints(self, observed: Observed) -> Iterator[Event]:
        """Events about the node for what probes have found wrong with the engine."""
        node = Key("Node", "", observed.node.name)
        for words in self._deps.prober.complaints():
            yield Event(node, "EngineSlow", words, EventType.WARNING)

    def _tell_troubles(self, plan: Plan) -> None:
        """A defect of ours with the way that led to it, once; that it is still there in a line at every try."""
        for trouble in plan.troubles:
            log.error("%s is left out: %s", trouble.told, trouble.failure.message)
            earlier = self._memory.failures.get(trouble.key)
            if trouble.where and (earlier is None or earlier.message != trouble.failure.message):
                log.error("where it failed (%s):\n  %s", trouble.door, "\n  ".join(trouble.where))

    def _collect(self) -> None:
        for chain, results in self._dispatcher.finished():
            self._memory.finish(chain, results, self._deps.clock())
            self._recorder.finish(chain, results, self._deps.clock())
            for result in results:
                if result.error:
                    log.warning("%s: %s", result.step.subject, result.error)
        now = self._deps.clock()
        self._recorder.tell(self._looks.collect(now), now)
        reports = self._deps.prober.reports()
        self._memory.probe_results.learn(reports)
        self._memory.probe_results.let_pass(self._deps.clock())
