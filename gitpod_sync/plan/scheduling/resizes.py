"""Bare pods of which Git asks for nothing but other amounts of CPU and memory: whether the node has room for that.

Source of the rules: Kubernetes, "Resize CPU and Memory Resources assigned to Containers": a resize that the node could
never hold is Infeasible, one that does not fit beside the others is Deferred; the pod goes on as it is, and what a
deferred one asks for is kept from new pods. The more important pod is asked first.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from gitpod_sync.controllers.pod.pod_state import PodState
from gitpod_sync.model.engine.node import Node
from gitpod_sync.model.pods.pod import PodTemplate
from gitpod_sync.model.pods.requests import Amounts, compute_requests
from gitpod_sync.model.pods.resizing import PendingResize, ResizeWait, is_resizable
from gitpod_sync.model.workloads.workloads import Pod
from gitpod_sync.plan.doors import Door, Doors, of_state
from gitpod_sync.plan.scheduling.node_resources import NodeResources
from gitpod_sync.plan.scheduling.pod_info import PodInfoCache
from gitpod_sync.plan.situation import ClusterSituation


@dataclass(frozen=True, slots=True)
class Resizes:
    """The states with what their pods are brought to; `kept` is what deferred ones ask for beyond what they have."""

    states: tuple[PodState, ...]
    kept: Amounts = field(default_factory=dict)


def compute_resizes(states: Sequence[PodState], node: Node, situation: ClusterSituation, doors: Doors) -> Resizes:
    """Controllers roll such a change out; a bare pod stays."""
    if not any(isinstance(workload, Pod) for workload in situation.desired.workloads.values()):
        return Resizes(tuple(states))
    looked_at = doors.each(Door.LOOK, states, of_state)
    wanted = {state.pod.identity.uid: template for state in looked_at if (template := _wanted(state, situation))}
    if not wanted:
        return Resizes(tuple(states))
    resizable = [state for state in states if state.pod.identity.uid in wanted]
    stands = {
        state.pod.identity.uid: _as_it_stands(state, situation) for state in doors.each(Door.LOOK, resizable, of_state)
    }
    standing = [stands.get(state.pod.identity.uid, state) for state in states]
    found = doors.each(Door.LOOK, stands.values(), of_state)
    asking = [state for state in found if _current(state) != wanted[state.pod.identity.uid]]
    if not asking:
        return Resizes(tuple(standing))
    answers, kept = _answer(asking, wanted, standing, node, doors)
    return Resizes(tuple(answers.get(state.pod.identity.uid, state) for state in standing), kept)


def _wanted(state: PodState, situation: ClusterSituation) -> PodTemplate | None:
    owner, template = state.pod.identity.owner, state.pod.identity.template
    workload = situation.desired.workloads.get(owner) if owner.kind == "Pod" else None
    if not isinstance(workload, Pod) or state.pod.ending or state.pod.evicted:
        return None
    if is_resizable(template, workload.template):
        return workload.template
    # Back to what it was made from, after it has been brought to something else.
    return (
        template if state.pod.identity.uid in situation.remembered.resized and workload.template == template else None
    )


def _as_it_stands(state: PodState, situation: ClusterSituation) -> PodState:
    """With what the pod was last brought to, if that is remembered."""
    now = situation.remembered.resized.get(state.pod.identity.uid, state.pod.identity.template)
    return replace(state, pod=replace(state.pod, resized=now))


def _current(state: PodState) -> PodTemplate:
    return state.pod.template


def _answer(
    asking: Iterable[PodState],
    wanted: Mapping[str, PodTemplate],
    states: Iterable[PodState],
    node: Node,
    doors: Doors,
) -> tuple[dict[str, PodState], Amounts]:
    register, resources = PodInfoCache(), NodeResources(node)
    for state in doors.each(Door.SEAT, states, of_state):
        resources.add(register.of_state(state, leaving=False))
    answers: dict[str, PodState] = {}
    kept: dict[str, int] = {}
    queue = sorted(asking, key=lambda state: (-state.pod.identity.priority, str(state.pod.identity)))
    for state in doors.each(Door.LOOK, queue, of_state):
        uid = state.pod.identity.uid
        old, new = compute_requests(_current(state).spec), compute_requests(wanted[uid].spec)
        more = {name: new.get(name, 0) - old.get(name, 0) for name in sorted(new.keys() | old.keys())}
        pending = _never_fits(new, node) or _does_not_fit(more, new, resources)
        if pending is None:
            answers[uid] = replace(state, pod=replace(state.pod, resized=wanted[uid]))
        else:
            answers[uid] = replace(state, pod=replace(state.pod, pending_resize=pending))
        if pending is None or pending.reason is ResizeWait.DEFERRED:
            resources.take(more)
        if pending is not None and pending.reason is ResizeWait.DEFERRED:
            for name, amount in more.items():
                kept[name] = kept.get(name, 0) + max(0, amount)
    return answers, kept


def _never_fits(new: Amounts, node: Node) -> PendingResize | None:
    for name, amount in sorted(new.items()):
        if amount > node.allocatable.get(name, amount):
            amounts = f"requested: {amount}, capacity: {node.allocatable[name]}"
            return PendingResize(ResizeWait.INFEASIBLE, f"Node didn't have enough capacity: {name}, {amounts}")
    return None


def _does_not_fit(more: Amounts, new: Amounts, resources: NodeResources) -> PendingResize | None:
    for name in resources.lacking(more):
        amounts = f"requested: {new[name]}, used: {resources.used[name]}, capacity: {resources.node.allocatable[name]}"
        return PendingResize(ResizeWait.DEFERRED, f"Node didn't have enough resource: {name}, {amounts}")
    return None
