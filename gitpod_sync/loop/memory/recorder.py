"""Tells the history what happens: from plans, from the results of their steps, and from what was observed.

A pass pays for comparing what it has read with what the last one read, and for one transaction when there is news.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from gitpod_sync.controllers.pod.pod_state import PodState
from gitpod_sync.errors import HookFailed
from gitpod_sync.execute.apply import StepResult
from gitpod_sync.model.base.identity_diff import IdentityDiff
from gitpod_sync.model.base.labels import CONTAINER
from gitpod_sync.model.engine.observed import ObservedContainer
from gitpod_sync.model.engine.pods import place_of
from gitpod_sync.model.records.event import Event, EventType
from gitpod_sync.operations.operations import RemoveContainer
from gitpod_sync.plan.config.confidential import why_not_started
from gitpod_sync.plan.report.events import compute_waiting_event, pod_event
from gitpod_sync.plan.steps import Plan
from gitpod_sync.plan.waiting import Waiting
from gitpod_sync.status.events import KEEP_FOR
from gitpod_sync.status.history import History

_PRUNE_EVERY = 600.0

_Facts = tuple[float | None, float | None, int]
"""When a container was started, when it ended, and its exit code."""


@dataclass(slots=True)
class _Looked:
    """A pod at the last look: the facts of its containers by their ids, and the names that it has any of."""

    facts: Mapping[str, _Facts]
    members: set[str]
    lost: bool


_UNKNOWN = _Looked({}, set(), lost=False)


class Recorder:
    """Owned by the deciding thread."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._news: list[tuple[Event, float]] = []
        self._under_way: dict[str, dict[int, tuple[Event, ...]]] = {}
        """By chain: what has happened once a step of it has succeeded."""
        self._hooks: dict[str, Event] = {}
        """By chain: what has happened once its hook has failed."""
        self._diff: IdentityDiff[PodState] = IdentityDiff()
        self._pods: dict[str, PodState] = {}
        """Those of the last plan, by UID."""
        self._by_name: dict[tuple[str, str], dict[str, PodState]] = defaultdict(dict)
        """The same by namespace and name, and by UID: one that comes may have the name of an evicted one."""
        self._looked: dict[str, _Looked] = {}
        """By UID."""
        self._waiting: frozenset[Waiting] = frozenset()
        self._prune_at = 0.0

    def begin(self, plan: Plan, now: float) -> None:
        """A plan is about to be carried out."""
        self._look(plan, now)
        self._news += [(event, now) for event in plan.news.begun]
        done, hooks = plan.news.done, plan.news.failed_hooks
        for step in plan.steps:
            self._under_way.setdefault(step.chain, {})[step.id] = done.get(step.id, ())
            if step.id in hooks:
                self._hooks[step.chain] = hooks[step.id]
        self.write(now)

    def finish(self, chain: str, results: Iterable[StepResult], now: float) -> None:
        """A chain has been carried out, as far as it went."""
        expected, hook = self._under_way.pop(chain, {}), self._hooks.pop(chain, None)
        for result in results:
            if hook and isinstance(result.error, HookFailed):
                self._news.append((replace(hook, message=f"{hook.message}: {result.error}"), now))
            if result.error is None:
                self._news += [(_with_outcome(event, result), now) for event in expected.get(result.step.id, ())]

    def tell(self, events: Iterable[Event], now: float) -> None:
        """These have happened beside the passes."""
        self._news += [(event, now) for event in events]

    def write(self, now: float) -> None:
        """Put down what is new, and what could not be put down before."""
        self._history.catch_up()
        news, self._news = self._news, []
        if news:
            self._history.record_events(told for told in news if told[1] > now - KEEP_FOR)
        if now >= self._prune_at:
            self._prune_at = now + _PRUNE_EVERY
            self._history.forget_events(now)

    def _look(self, plan: Plan, now: float) -> None:
        """What has come to be since the last look, by itself or by somebody's hand."""
        came, gone = self._diff.update(plan.pods)
        before = {state.pod.identity.uid: self._looked.pop(state.pod.identity.uid) for state in gone}
        for state in gone:
            self._forget(state)
        losses: list[Event] = []
        for state in sorted(came, key=lambda state: place_of(state.pod)):
            uid = state.pod.identity.uid
            self._pods[uid] = self._by_name[_name(state)][uid] = state
            known = before.get(uid, _UNKNOWN)
            self._looked[uid] = found = _look_at(state)
            # In the order of the template.
            for each in (each for attempts in state.pod.attempts.values() for each in attempts):
                if known.facts.get(each.id) != found.facts[each.id]:
                    self._news += _container_events(state, each)
            missing = known.members - found.members
            losses += self._losses(state, "" if known.lost else state.lost, () if uid in plan.going else missing)
        self._news += [(event, now) for event in (*losses, *self._new_waits(plan))]
        self._expect(plan)

    def _forget(self, state: PodState) -> None:
        uid, name = state.pod.identity.uid, _name(state)
        del self._pods[uid]
        del self._by_name[name][uid]
        if not self._by_name[name]:
            del self._by_name[name]

    def _losses(self, state: PodState, lost: str, missing: Iterable[str]) -> Iterator[Event]:
        """Why a pod cannot be mended, and the containers of it that somebody removed."""
        identity = state.pod.identity
        if lost:
            yield pod_event(identity, "Drift", f"{lost}; the pod is made anew", EventType.WARNING)
        for name in sorted(missing) if identity.uid not in self._under_way else ():
            message = f"container {name}: somebody removed it; it is made again"
            yield pod_event(identity, "Drift", message, EventType.WARNING)

    def _expect(self, plan: Plan) -> None:
        """What the plan itself removes nobody has removed by hand."""
        removed = {step.operation.id for step in plan.steps if isinstance(step.operation, RemoveContainer)}
        touched = {step.chain for step in plan.steps} & self._pods.keys() if removed else ()
        for state in (self._pods[uid] for uid in touched):
            members = {each.labels[CONTAINER] for each in state.pod.containers if each.id in removed}
            self._looked[state.pod.identity.uid].members -= members

    def _new_waits(self, plan: Plan) -> Iterator[Event]:
        waiting = frozenset(plan.waiting)
        new = waiting - self._waiting
        if new:
            names = {(pod.namespace, pod.name) for each in new if (pod := each.subject.pod) is not None}
            there = (state.pod for name in names for state in self._by_name.get(name, {}).values())
            uids = {str(pod.identity): pod.identity.uid for pod in there if not pod.ending}
            uids |= {str(identity): identity.uid for identity in plan.starting}
            events = (compute_waiting_event(each, uids) for each in plan.waiting if each in new)
            yield from (event for event in events if event is not None)
        self._waiting = waiting


def _name(state: PodState) -> tuple[str, str]:
    return (state.pod.identity.namespace, state.pod.identity.name)


def _look_at(state: PodState) -> _Looked:
    pod = state.pod
    facts = {each.id: (each.started_at, each.finished_at, each.exit_code) for each in pod.containers}
    remembered = pod.remembered.ended if pod.remembered else {}
    return _Looked(facts, {*remembered, *pod.attempts}, bool(state.lost))


def _container_events(state: PodState, container: ObservedContainer) -> Iterator[tuple[Event, float]]:
    identity, name = state.pod.identity, container.labels[CONTAINER]
    yield pod_event(identity, "Created", f"Created container {name}"), container.created_at
    if container.started_at is not None:
        yield pod_event(identity, "Started", f"Started container {name}"), container.started_at
    if container.start_failed:
        why = why_not_started(identity.template.spec, name, container)
        message = f"Container {name} could not be started: {why}"
        yield pod_event(identity, "Failed", message, EventType.WARNING), container.created_at
    failed = container.exit_code != 0 and not container.alive and not state.pod.ending
    if failed and container.finished_at is not None:
        reason = "OOMKilled" if container.oom_killed else "Failed"
        message = f"Container {name} ended with exit code {container.exit_code}"
        yield pod_event(identity, reason, message, EventType.WARNING), container.finished_at


def _with_outcome(event: Event, result: StepResult) -> Event:
    """How long a pull took and what came of it, as the kubelet tells it."""
    if result.pulled is None:
        return event
    told = f"{event.message} in {result.seconds:.2f}s. Image size: {result.pulled.size} bytes."
    return replace(event, message=told)
