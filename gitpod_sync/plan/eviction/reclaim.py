"""What can be had back of a node's disk without ending a pod: dead containers, and images that nobody uses.

Source of the rule: Kubernetes, "Node-pressure Eviction", reclaiming node level resources. Only images that this
instance brought here are taken away, never one that a person pulled, built or loaded.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from gitpod_sync.controllers.pod.pod_state import PodState
from gitpod_sync.model.engine.pods import PodIdentity
from gitpod_sync.model.pods.image import normalized_reference
from gitpod_sync.model.records.pressure import Met, NodeCondition, condition_of
from gitpod_sync.model.workloads.workloads import template_of
from gitpod_sync.operations.operations import RemoveContainer, RemoveImage
from gitpod_sync.plan.node_view import NodeView
from gitpod_sync.plan.situation import ClusterSituation
from gitpod_sync.plan.steps import Draft
from gitpod_sync.plan.subjects import Part, Subject, container_of
from gitpod_sync.plan.waiting import earliest

_CHAIN = "unused image/"


@dataclass(frozen=True, slots=True)
class Reclaim:
    """What is taken back. `attempts` are ids of dead containers, each with the pod and the container's name."""

    attempts: tuple[tuple[PodIdentity, str, str], ...] = ()
    images: tuple[str, ...] = ()
    """References."""
    wake_at: float | None = None
    """When more may be taken back: what failed before is not tried again yet."""

    def __bool__(self) -> bool:
        return bool(self.attempts or self.images)


NOTHING = Reclaim()


def compute_reclaim(states: Sequence[PodState], met: Met, view: NodeView, situation: ClusterSituation) -> Reclaim:
    """What is taken back for a threshold that is met. Of memory nothing can be."""
    if condition_of(met.threshold.signal) is not NodeCondition.DISK:
        return NOTHING
    backlog = view.backlog
    images = [(f"{_CHAIN}{reference}", reference) for reference in _unused_images(states, view, situation)]
    asked = (*(state.pod.identity.uid for state in states), *(chain for chain, _ in images))
    return Reclaim(
        tuple(
            each
            for state in states
            if not (backlog.is_busy(state.pod.identity.uid) or state.pod.ending)
            for each in _dead_attempts(state)
        ),
        tuple(reference for chain, reference in images if not backlog.is_busy(chain)),
        earliest(*map(backlog.free_at, asked)),
    )


def plan_reclaim(draft: Draft, reclaim: Reclaim) -> None:
    """Take it back."""
    for identity, name, container in reclaim.attempts:
        subject = container_of(identity, name)
        draft.add(identity.uid, subject, RemoveContainer(container), "the disk is short, and it has ended")
    for reference in reclaim.images:
        cause = "the disk is short, and no container uses it"
        draft.add(f"{_CHAIN}{reference}", Subject(Part.IMAGE, reference), RemoveImage(reference), cause)
    draft.wake(reclaim.wake_at)


def _dead_attempts(state: PodState) -> Iterator[tuple[PodIdentity, str, str]]:
    """The last attempt of each container stays: it says how the container is doing."""
    pod = state.pod
    for name, attempts in sorted(pod.attempts.items()):
        for each in attempts[:-1]:
            if not each.alive:
                yield pod.identity, name, each.id


def _unused_images(states: Sequence[PodState], view: NodeView, situation: ClusterSituation) -> list[str]:
    wanted = {normalized_reference(each) for each in _wanted_images(states, situation)}
    return sorted(
        reference
        for image in view.pressure.look.images
        if not image.used
        for reference in image.references
        if reference in view.brought and reference not in wanted
    )


def _wanted_images(states: Iterable[PodState], situation: ClusterSituation) -> Iterable[str]:
    for workload in situation.desired.workloads.values():
        yield from template_of(workload).spec.images
    for state in states:
        if not state.pod.evicted:
            yield from state.pod.template.spec.images
