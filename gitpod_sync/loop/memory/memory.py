"""What the deciding thread remembers between passes. Without it (after a crash) things are only tried sooner."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from gitpod_sync.controllers.pod.pod_state import PodState
from gitpod_sync.execute.apply import StepResult
from gitpod_sync.loop.memory.condition_times import Lasting, read_resized
from gitpod_sync.loop.memory.probe_results import ProbeResults
from gitpod_sync.loop.memory.pulled_images import BroughtImages
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.engine.observed import Observed, ObservedContainer
from gitpod_sync.model.engine.pods import PodIdentity
from gitpod_sync.model.records.event import Event, EventType
from gitpod_sync.model.records.image_digest import ImageDigest
from gitpod_sync.model.records.interventions import Intervention
from gitpod_sync.model.records.records import Record
from gitpod_sync.operations.operations import PullImage, Readying, RunHook, SignalContainer
from gitpod_sync.plan.situation import Failure, FailureKind, Remembered, Stop
from gitpod_sync.plan.steps import Plan, Step
from gitpod_sync.plan.subjects import owner_in_key
from gitpod_sync.status.history import FailureRecord, History

log = logging.getLogger(__name__)

_FORGET_AFTER = {
    FailureKind.PULL: 600.0,
    FailureKind.CALL: 600.0,
    FailureKind.MEND: 60.0,
    FailureKind.DEFECT: 0.0,
}
"""Seconds after which a failure that was not tried again is of no interest: its subject is gone, or the mend lasted.

What could not be planned is tried again by the very plan that may.
"""


class Memory:
    """Owned by one thread. Failures are written through to the history, so that others can read them.

    `probe_results` is what hooks and probes have told, `lasting` what goes on for long.
    """

    def __init__(self, history: History, failures: Mapping[str, Failure]) -> None:
        self._history = history
        self.under_way: dict[str, PodIdentity | None] = {}
        """Keys of the chains being carried out, with the pod that a chain makes."""
        self.leaving: set[str] = set()
        """UIDs of pods whose end is among what is being carried out."""
        self.ending_since: dict[str, float] = {}
        self.stops: dict[str, Stop] = {}
        self.probe_results = ProbeResults(history)
        self.lasting = Lasting(history)
        self.pulled_at: dict[str, float] = {}
        self.failures = dict(failures)
        self.written = dict(history.written())
        """Digests of what was written into volumes of pods; lost ones are written again."""
        self.forgetful = history.is_blank
        """Whether nothing at all is remembered from before; it is so for the first pass only."""
        self.records = dict(history.records())
        """What controllers wanted to be remembered, by workload."""
        self.brought = BroughtImages(history)
        self._orders: tuple[Intervention, ...] = ()
        self._tidied: tuple[Sequence[PodState], Sequence[ObservedContainer]] | None = None
        """What was there when what belongs to nothing was forgotten last."""

    def interventions(self) -> tuple[Intervention, ...]:
        """What people have ordered, read anew; what was known before when it cannot be read."""
        read = self._history.interventions()
        self._orders = self._orders if read is None else read
        return self._orders

    def remembered(self, image_digests: Mapping[str, ImageDigest]) -> Remembered:
        """All that a plan may go by, people's interventions read anew. `image_digests` are what followed tags name."""
        return Remembered(
            ending_since=self.ending_since,
            stops=self.stops,
            hooks=self.probe_results.hooks,
            health=self.probe_results.health,
            unhealthy=self.probe_results.unhealthy,
            written=self.written,
            pulled_at=self.pulled_at,
            brought=self.brought.images,
            failures=self.failures,
            since=self.lasting.since,
            resized=self.lasting.resized,
            records=self.records,
            interventions=self.interventions(),
            image_digests=image_digests,
            forgetful=self.forgetful,
        )

    def begin(self, plan: Plan, now: float) -> None:
        """A plan is about to be carried out."""
        starting = {identity.uid: identity for identity in plan.starting}
        for step in plan.steps:
            self.under_way[step.chain] = starting.get(step.chain)
        self.leaving |= plan.going & {step.chain for step in plan.steps}
        self.ending_since.update(dict.fromkeys(plan.remember.begun_endings, now))
        self.stops.update(plan.remember.stops)
        self.probe_results.begin(plan)
        for trouble in plan.troubles:
            self._remember(trouble.key, trouble.failure)
        recovered = sorted(self.records) if self.forgetful else []
        self._remember_records(plan)
        if plan.remember.withdrawn:
            self._history.withdraw_interventions(plan.remember.withdrawn)
        self._tell_recovered(recovered, now)
        self.forgetful = False
        self.lasting.learn(plan, now)

    def finish(self, chain: str, results: Iterable[StepResult], now: float) -> None:
        """A chain has been carried out, as far as it went."""
        self.under_way.pop(chain, None)
        self.leaving.discard(chain)
        self._tidied = None  # it may have been about something that is gone
        results = tuple(results)
        self.brought.finish(results)
        for result in results:
            if isinstance(result.step.operation, RunHook):
                self.probe_results.finish(chain, result.error, now)
                continue
            if result.error:
                kind = FailureKind.PULL if isinstance(result.step.operation, PullImage) else FailureKind.CALL
                self._remember_failure(result.step, kind, str(result.error), now)
                if isinstance(result.step.operation, SignalContainer):
                    self._forget_signal(result.step.operation)
                continue
            if result.step.lasting:
                self._remember_failure(result.step, FailureKind.MEND, "it was done and did not last", now)
                continue
            self._forget(frozenset({result.step.retry}) & self.failures.keys())
            if isinstance(result.step.operation, PullImage):
                self.pulled_at[chain] = now
            if isinstance(result.step.operation, Readying):
                self._remember_written(result.step.operation)

    def tidy(self, plan: Plan, observed: Observed, now: float) -> None:
        """Let go of endings that are over, and of failures that nobody has tried to mend for long."""
        if self._tidied is None or plan.pods is not self._tidied[0] or observed.containers != self._tidied[1]:
            self._tidied = (plan.pods, observed.containers)
            self._forget_gone(plan, observed)
        stale = (key for key, failure in self.failures.items() if failure.retry_at + _FORGET_AFTER[failure.kind] < now)
        self._forget(frozenset(stale))
        self._forget_records(plan)
        self.brought.begin(plan, observed)

    def _forget_gone(self, plan: Plan, observed: Observed) -> None:
        uids = {state.pod.identity.uid for state in plan.pods}
        present = uids | {each.id for each in observed.containers}
        self.ending_since = {key: at for key, at in self.ending_since.items() if key in present}
        self.stops = {key: stop for key, stop in self.stops.items() if key in present}
        self.probe_results.tidy(present)
        self._forget_written(frozenset(key for key in self.written if owner_in_key(key) not in uids))

    def _remember_records(self, plan: Plan) -> None:
        """All that a plan begins is preceded by what its controllers want to be remembered."""
        decided: dict[Key, Record] = {each.workload: each.record for each in plan.decisions if each.record is not None}
        decided |= {each.autoscaler.key: each.record for each in plan.scalings}
        # With a new database what is known all the same is written down in it as well.
        new = {key: record for key, record in decided.items() if self.forgetful or self.records.get(key) != record}
        if new:
            self.records.update(new)
            self._history.record_workloads(new)

    def _tell_recovered(self, jobs: Sequence[Key], now: float) -> None:
        """Finished Jobs are remembered a second time, for when the database is lost."""
        if jobs:
            message = "What was remembered is lost, but not that it is over: it is not run again"
            told = [(Event(key, "RecordRecovered", message, EventType.WARNING), now) for key in jobs]
            self._history.record_events(told)
            log.warning("what was remembered is lost; that %d Jobs are over is known all the same", len(jobs))

    def _forget_records(self, plan: Plan) -> None:
        """A workload that Git does not name any more is forgotten with its last pod and what goes after that.

        A Job is forgotten at once: one of its name that comes later is another one, even if pods of the first are
        still there.
        """
        asked = {each.workload for each in plan.decisions} | {each.autoscaler.key for each in plan.scalings}
        unasked = self.records.keys() - asked - plan.remember.workloads
        if not unasked:
            return
        owners = {state.pod.owner for state in plan.pods}
        gone = frozenset(unasked - {key for key in owners if key.kind != "Job"})
        if gone:
            self.records = {key: record for key, record in self.records.items() if key not in gone}
            self._history.forget_workloads(gone)

    def _forget_signal(self, signal: SignalContainer) -> None:
        """A grace period begins with a TERM that was sent."""
        self.ending_since.pop(signal.id, None)
        if signal.id in self.stops:
            self.stops[signal.id] = replace(self.stops[signal.id], signalled_at=None)

    def _remember_failure(self, step: Step, kind: FailureKind, message: str, now: float) -> None:
        key, earlier = step.retry, self.failures.get(step.retry)
        self._remember(key, Failure(kind, earlier.count + 1 if earlier else 1, now, message))

    def _remember(self, key: str, failure: Failure) -> None:
        self.failures[key] = failure
        self._history.record_failure(key, FailureRecord(failure.kind, failure.count, failure.at, failure.message))

    def _remember_written(self, operation: Readying) -> None:
        self.written[operation.volume] = operation.digest
        self._history.record_written(operation.volume, operation.digest)

    def _forget_written(self, volumes: frozenset[str]) -> None:
        for volume in volumes:
            del self.written[volume]
        if volumes:
            self._history.forget_written(volumes)

    def _forget(self, keys: frozenset[str]) -> None:
        for key in keys:
            del self.failures[key]
        if keys:
            self._history.forget_failures(keys)


def read_failures(history: History) -> Mapping[str, Failure]:
    """What keeps failing, as the last process that acted left it."""
    return {
        key: Failure(FailureKind(record.kind), record.count, record.at, record.message)
        for key, record in history.failures().items()
        if record.kind in set(FailureKind)
    }


def read_remembered(history: History) -> Remembered:
    """All that a plan may go by, as the last process that acted has left it."""
    return Remembered(
        health=history.health(),
        written=history.written(),
        brought=history.brought_images(),
        failures=read_failures(history),
        since=history.since(),
        resized=read_resized(history),
        records=history.records(),
        interventions=history.interventions() or (),
        image_digests=history.image_digests(),
        forgetful=history.is_blank,
    )
