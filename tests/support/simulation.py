"""The whole loop on the simulated engine: manifests in, containers out, time by hand."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from gitpod_sync.engines.memory.clock import HandWoundClock
from gitpod_sync.engines.memory.engine import MemoryEngine
from gitpod_sync.engines.memory.person import Hand
from gitpod_sync.engines.memory.prober import MemoryProber
from gitpod_sync.loop.dry_run import DryRun, dry_run_of, publish_once
from gitpod_sync.loop.memory.memory import read_failures
from gitpod_sync.loop.reconciler import Deps, Reconciler
from gitpod_sync.loop.watch.node_watch import NodeWatch
from gitpod_sync.loop.watch.usage_watch import UsageWatch
from gitpod_sync.manifests.load import load_revision
from gitpod_sync.model.base import labels
from gitpod_sync.model.base.instance import Instance
from gitpod_sync.model.desired import Desired
from gitpod_sync.model.engine.container import Mount
from gitpod_sync.model.engine.observed import ObservedContainer
from gitpod_sync.model.pods.termination_messages import DEFAULT_PATH
from gitpod_sync.model.records.digest_key import DigestKey
from gitpod_sync.model.revision import Revision, SourceFile
from gitpod_sync.model.settings import DEFAULT_SETTINGS, Settings
from gitpod_sync.operations.operations import Operation
from gitpod_sync.plan.published import Published
from gitpod_sync.plan.steps import Plan
from gitpod_sync.sources.folder import blob_hash
from gitpod_sync.status.history import History
from gitpod_sync.workers import InlineWorkers, Workers

MANY_PASSES = 200
KEY = DigestKey(b"a key of the tests that is secret")


def desired_from(text: str) -> Desired:
    """What a manifest asks for; fails on one that is not valid."""
    content = text.encode()
    revision = Revision("test", "0123abc", {"manifests.yaml": SourceFile(blob_hash(content), content)})
    loaded = load_revision(revision)
    assert loaded.desired is not None, "\n".join(map(str, loaded.diagnostics))
    return loaded.desired


class Crash(BaseException):
    """The process dies."""


class Simulation:
    """One instance on one simulated engine."""

    def __init__(self, history: History, path: Path | None = None, settings: Settings = DEFAULT_SETTINGS) -> None:
        self._path = path
        self.settings = settings
        self.clock = HandWoundClock()
        self.instance = Instance("sim")
        self.engine = MemoryEngine(self.instance, self.clock)
        self.hand = Hand(self.engine)
        self.desired = Desired()
        self.began = self.clock()
        self.prober = MemoryProber(self.engine)
        self.history = history
        self._nonces = count(1)
        self._workers: Workers = InlineWorkers()
        self.reconciler = self.restarted()

    def restarted(self) -> Reconciler:
        """The reconciler after a crash of the one before: it remembers nothing that was not written down."""
        self.prober = MemoryProber(self.engine)
        self.uses = UsageWatch(self.engine, self.clock, lambda: None, by_hand=True)
        self.watch = NodeWatch(self.engine, self.history, self.settings.eviction, self.clock, lambda: None)
        self.reconciler = Reconciler(
            Deps(
                instance=self.instance,
                engine=self.engine,
                prober=self.prober,
                history=self.history,
                workers=self._workers,
                clock=self.clock,
                nonce=lambda: f"nonce-{next(self._nonces)}",
                ring=lambda: None,
                digest_key=KEY,
                settings=self.settings,
                node_watch=self.watch,
                use_watch=self.uses,
            ),
            read_failures(self.history),
        )
        return self.reconciler

    def lose_database(self, *, with_finished: bool = False) -> Reconciler:
        """The reconciler after a crash in which the database was lost; `with_finished`: the file beside it as well."""
        assert self._path
        self.history.close()
        for each in self._path.parent.iterdir():
            if with_finished or each.suffix != ".jobs":
                each.unlink()
        self.history = History(self._path)
        return self.restarted()

    def use_workers(self, workers: Workers) -> None:
        """A new reconciler whose chains these carry out."""
        self._workers = workers
        self.restarted()

    def crash_after(self, operations: int) -> None:
        """The process dies in a pass between two operations, and another one takes its place."""
        left = [operations]

        def count_down(_operation: Operation) -> None:
            left[0] -= 1
            if left[0] < 0:
                raise Crash

        self.engine.before = count_down
        try:
            self.run_pass()
        except Crash:
            pass
        finally:
            self.engine.before = lambda _operation: None
            self.restarted()

    def run_pass(self) -> Plan:
        """One pass, carried out."""
        return self.reconciler.run_pass(self.desired)

    def look(self) -> Plan:
        """A look at the node, and the pass that follows it."""
        self.watch.look()
        return self.run_pass()

    def measure(self) -> Plan:
        """A measurement of what containers use, and the pass that follows it."""
        self.uses.measure()
        return self.run_pass()

    def converge(self, within: float = 3600.0) -> Plan:
        """Passes until everything is as wanted, winding the clock to the next thing that will happen."""
        deadline = self.clock() + within
        for _ in range(MANY_PASSES):
            plan = self.run_pass()
            if plan.settled:
                return plan
            if not plan.steps:
                times = [at for at in (plan.wake_at, self.engine.next_end) if at is not None]
                assert times, f"stuck: {plan.waiting}"
                assert min(times) <= deadline, f"not converged in time: {plan.waiting}"
                self.clock.now = max(self.clock.now + 0.001, min(times))
        raise AssertionError(f"not converged after {MANY_PASSES} passes: {plan}")

    @property
    def published(self) -> Published:
        """What the last pass published."""
        assert self.reconciler.published is not None
        return self.reconciler.published

    def dry_run(self) -> DryRun:
        """What the next pass would do."""
        return dry_run_of(
            publish_once(
                self.engine,
                self.instance,
                self.desired,
                self.history,
                self.clock,
                f"nonce-{next(self._nonces)}",
                KEY,
                self.settings,
                self.watch.pressure,
            )
        )

    def find(self, pod: str, container: str = "", attempt: int | None = None) -> ObservedContainer:
        """An attempt of a container (the last one unless said otherwise), or the sandbox of a pod."""
        found = {
            int(each.labels.get(labels.ATTEMPT, "0")): each
            for each in self.engine.observe(frozenset()).containers
            if each.labels.get(labels.POD) == pod and each.labels.get(labels.CONTAINER, "") == container
        }
        return found[max(found) if attempt is None else attempt]

    def find_by_uid(self, uid: str) -> ObservedContainer:
        """The sandbox of a pod."""
        (found,) = (
            each
            for each in self.engine.observe(frozenset()).containers
            if each.labels.get(labels.UID) == uid and labels.CONTAINER not in each.labels
        )
        return found

    def mounts(self, pod: str, container: str) -> tuple[Mount, ...]:
        """What the last attempt of a container mounts, but for the file of its termination message."""
        return tuple(each for each in self.find(pod, container).config.mounts if each.target != DEFAULT_PATH)

    @property
    def volumes(self) -> dict[str, dict[str, str]]:
        """Labels of the volumes by their names, but for those of termination messages."""
        return {name: found for name, found in self.engine.volumes.items() if not name.endswith("__messages")}

    def alive(self) -> list[ObservedContainer]:
        """Application containers that run."""
        observed = self.engine.observe(frozenset()).containers
        return [each for each in observed if each.alive and labels.CONTAINER in each.labels]


@contextmanager
def simulation(settings: Settings = DEFAULT_SETTINGS) -> Iterator[Simulation]:
    """A fresh one."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "state.db"
        world = Simulation(History(path), path, settings)
        yield world
        world.history.close()
