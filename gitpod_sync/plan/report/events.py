"""What a plan lets happen to objects, as events. Pure; `loop.recorder` gives them their times and keeps them.

The reasons are the kubelet's and the controllers' own (Kubernetes: pkg/kubelet/events), so that people find what they
look for; `Drift` is ours: something was not as written, and was mended.
"""

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from gitpod_sync.controllers.pod.pod_state import PodState
from gitpod_sync.model.base.labels import CONTAINER, EVICTED
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.engine.pods import PodIdentity
from gitpod_sync.model.records.event import Event, EventType
from gitpod_sync.model.records.health import POST_START, PRE_STOP
from gitpod_sync.operations.operations import (
    ConnectNetwork,
    CreateContainer,
    PullImage,
    RemoveContainer,
    RenameContainer,
    RunHook,
    SignalContainer,
    UnpauseContainer,
    UpdateContainer,
)
from gitpod_sync.plan.pod_index import PodIndex
from gitpod_sync.plan.report.render import operation_name
from gitpod_sync.plan.steps import Plan, Step
from gitpod_sync.plan.subjects import Part
from gitpod_sync.plan.waiting import Waiting

_SILENT = {"ContainerCreating", "PodInitializing"}
_REASONS = {
    "CrashLoopBackOff": "BackOff",
    "ImagePullBackOff": "BackOff",
    "ErrImagePull": "Failed",
    "CreateContainerError": "Failed",
    "CreateContainerConfigError": "Failed",
    "Unschedulable": "FailedScheduling",
}
_FAILED_HOOKS = {POST_START: "FailedPostStartHook", PRE_STOP: "FailedPreStopHook"}
_MENDING = UpdateContainer | RenameContainer | UnpauseContainer | ConnectNetwork


@dataclass(frozen=True, slots=True)
class _Owned:
    """A container as an event's subject. `name` is "" for a sandbox."""

    pod: PodIdentity
    name: str
    alive: bool


def pod_event(identity: PodIdentity, reason: str, message: str, event_type: EventType = EventType.NORMAL) -> Event:
    """An event of a pod."""
    return Event(Key("Pod", identity.namespace, identity.name), reason, message, event_type, identity.uid)


def compute_begun_events(plan: Plan, pods: PodIndex) -> tuple[Event, ...]:
    """What is so from the moment at which the plan is carried out: pods taken on, images being pulled, scaling.

    `pods` finds those of the plan.
    """
    scaled = (event for scaling in plan.scalings for event in scaling.events)
    said = (*(event for decision in plan.decisions for event in decision.events), *scaled)
    if not plan.steps:
        return said
    scheduled = (
        pod_event(identity, "Scheduled", f"Assigned to this engine, as commit {identity.commit[:12]} asks")
        for identity in plan.starting
    )
    pulling = (
        pod_event(identity, "Pulling", f'Pulling image "{step.operation.reference}"')
        for step in plan.steps
        if isinstance(step.operation, PullImage)
        for identity in plan.news.pulls.get(step.chain, ())
    )
    return (
        *said,
        *_scaling_events(plan, pods),
        *_disruption_events(plan, pods),
        *plan.news.events,
        *scheduled,
        *pulling,
    )


def _disruption_events(plan: Plan, pods: PodIndex) -> Iterator[Event]:
    begun = {step.chain for step in plan.steps}
    for state in pods.find(plan.news.disruptions.keys() & begun):
        disruption = plan.news.disruptions[state.pod.identity.uid]
        yield pod_event(state.pod.identity, disruption.reason, disruption.message)


def compute_done_events(plan: Plan, pods: PodIndex) -> Mapping[int, tuple[Event, ...]]:
    """By the ids of steps: what has happened once the step has succeeded."""
    if not plan.steps:
        return {}
    owned = _owned_by_id(plan, pods)
    replaced = {number for step in plan.steps if isinstance(step.operation, CreateContainer) for number in step.after}
    return {
        step.id: events for step in plan.steps if (events := tuple(_done_events(step, plan, pods, owned, replaced)))
    }


def compute_failed_hooks(plan: Plan, pods: PodIndex) -> Mapping[int, Event]:
    """By the ids of steps that are hooks: what has happened when the step fails, but for how it did."""
    if not plan.remember.hooks:
        return {}
    owned = _owned_by_id(plan, pods)
    found = {}
    for step in plan.steps:
        subject = owned.get(step.operation.id) if isinstance(step.operation, RunHook) else None
        if subject is not None:
            hook = step.subject.hook
            message = f"{hook} of container {subject.name} failed"
            found[step.id] = pod_event(subject.pod, _FAILED_HOOKS[hook], message, EventType.WARNING)
    return found


def compute_waiting_event(waiting: Waiting, uids: Mapping[str, str]) -> Event | None:
    """What keeps a pod waiting; None for what is only a matter of time. `uids` are those of the pods by their keys."""
    subject, pod = waiting.subject, waiting.subject.pod
    if pod is None or waiting.reason in _SILENT:
        return None
    if waiting.reason == "CrashLoopBackOff":
        # Without the number of the attempt, so that the next time is counted and not written anew.
        message = f"Back-off restarting failed {subject.in_pod}"
    else:
        message = waiting.message if subject.part is Part.POD else f"{subject.in_pod}: {waiting.message}"
    reason = _REASONS.get(waiting.reason, waiting.reason)
    about, uid = Key("Pod", pod.namespace, pod.name), uids.get(str(pod), "")
    return Event(about, reason, message, EventType.WARNING, uid, ongoing=True)


def _done_events(
    step: Step, plan: Plan, pods: PodIndex, owned: Mapping[str, _Owned], replaced: set[int]
) -> Iterator[Event]:
    operation = step.operation
    if isinstance(operation, PullImage):
        for identity in plan.news.pulls.get(step.chain, ()):
            yield pod_event(identity, "Pulled", f'Successfully pulled image "{operation.reference}"')
        return
    if is_eviction(step) and isinstance(operation, CreateContainer):
        identities = (state.pod.identity for state in pods.find((step.chain,)))
        message = operation.config.labels[EVICTED]
        yield from (pod_event(identity, "Evicted", message, EventType.WARNING) for identity in identities)
        return
    subject = owned.get(getattr(operation, "id", ""))
    if subject is None:
        return
    if step.chain == subject.pod.uid and step.chain not in plan.going:
        unwanted = isinstance(operation, RemoveContainer) and (subject.alive or step.id in replaced)
        if isinstance(operation, UpdateContainer) and step.chain in plan.news.resizing:
            yield pod_event(subject.pod, "ResizeCompleted", f"Container {subject.name} has its new limits")
        elif unwanted or isinstance(operation, _MENDING):
            part = f"container {subject.name}: " if subject.name else ""
            message = f"{part}{step.cause}; repaired by {operation_name(operation)}"
            yield pod_event(subject.pod, "Drift", message, EventType.WARNING)
        elif subject.name and isinstance(operation, SignalContainer):
            yield pod_event(subject.pod, "Killing", f"Stopping container {subject.name}: {step.cause}")
    elif subject.name and _kills(operation, subject):
        yield pod_event(subject.pod, "Killing", f"Stopping container {subject.name}: {step.cause}")


def _kills(operation: object, subject: _Owned) -> bool:
    return isinstance(operation, SignalContainer) or (isinstance(operation, RemoveContainer) and subject.alive)


def _owned_by_id(plan: Plan, pods: PodIndex) -> Mapping[str, _Owned]:
    """The containers that the steps are about: of many pods, few."""
    touched = {identifier for step in plan.steps if (identifier := getattr(step.operation, "id", ""))}
    if not touched:
        return {}
    uids = {step.subject.pod.uid for step in plan.steps if step.subject.pod is not None}
    return _owned_among(pods.find(uids), touched)


def _owned_among(states: Iterable[PodState], touched: Container[str]) -> Mapping[str, _Owned]:
    return {
        each.id: _Owned(state.pod.identity, each.labels.get(CONTAINER, ""), each.alive)
        for state in states
        for each in (*((state.pod.sandbox,) if state.pod.sandbox else ()), *state.pod.containers)
        if each.id in touched
    }


def is_eviction(step: Step) -> bool:
    """Whether the step marks a pod as evicted."""
    return isinstance(step.operation, CreateContainer) and EVICTED in step.operation.config.labels


def _scaling_events(plan: Plan, pods: PodIndex) -> Iterator[Event]:
    begun = plan.going & {step.chain for step in plan.steps}
    if not (plan.starting or begun):
        return
    evicted = {step.chain for step in plan.steps if is_eviction(step)}
    going = tuple(_living(pods.find(begun), evicted))
    owners = {identity.owner for identity in (*plan.starting, *going)}
    theirs = (state for owner in owners for state in pods.members.get(owner, ()))
    staying = (*plan.starting, *(each for each in _living(theirs, evicted) if each.uid not in plan.going))
    left = Counter((identity.owner, identity.template_hash) for identity in staying)
    yield from _scaled("up", plan.starting, left)
    yield from _scaled("down", going, left)


def _living(states: Iterable[PodState], evicted: Container[str]) -> Iterator[PodIdentity]:
    """Those that are not on their way out. What happens to a pod that has changed hands is told of its new owner."""
    for pod in (state.pod for state in states):
        if not (pod.ending or pod.evicted or pod.identity.uid in evicted):
            yield pod.identity if pod.adopted_by is None else replace(pod.identity, owner=pod.adopted_by)


def _scaled(way: str, pods: Iterable[PodIdentity], left: Mapping[tuple[Key, str], int]) -> Iterator[Event]:
    versions: dict[tuple[Key, str], None] = {}
    for identity in pods:
        if identity.owner.kind == "Deployment":
            versions[identity.owner, identity.template_hash] = None
        elif identity.owner.kind == "StatefulSet":
            reason, verb = ("SuccessfulCreate", "create") if way == "up" else ("SuccessfulDelete", "delete")
            message = f"{verb} Pod {identity.name} in StatefulSet {identity.owner.name} successful"
            yield Event(identity.owner, reason, message)
        elif identity.owner.kind != "Pod":
            reason, verb = ("SuccessfulCreate", "Created") if way == "up" else ("SuccessfulDelete", "Deleted")
            yield Event(identity.owner, reason, f"{verb} pod: {identity.name}")
    for owner, version in versions:
        yield Event(owner, "ScalingReplicaSet", f"Scaled {way} version {version} to {left.get((owner, version), 0)}")
