"""What can be had back of a node's disk without ending a pod: dead containers, and images that nobody uses.

Source of the rule: Kubernetes, "Node-pressure Eviction", reclaiming node level resources. Only images that this
instance brought here are taken away, never one that a person pulled, built or loaded.
"""

from collections.abc import Iterable, Sequence

from gitpod_sync.controllers.pod.pod_state import PodState
from gitpod_sync.model.pods.image import normalized_reference
from gitpod_sync.model.records.pressure import Met, NodeCondition, condition_of
from gitpod_sync.model.workloads.workloads import template_of
from gitpod_sync.operations.operations import RemoveContainer, RemoveImage
from gitpod_sync.plan.situation import Situation
from gitpod_sync.plan.steps import Draft


def plan_reclaim(draft: Draft, states: Sequence[PodState], met: Met, situation: Situation) -> bool:
    """Whether anything is taken back for a threshold that is met. Of memory nothing can be."""
    if condition_of(met.threshold.signal) is not NodeCondition.DISK:
        return False
    before = draft.count
    for state in states:
        if not draft.is_busy(state.pod.identity.uid) and not state.pod.ending:
            _plan_dead_attempts(draft, state)
    for reference in _unused_images(states, situation):
        chain = f"unused image/{reference}"
        if not draft.is_busy(chain):
            cause = "the disk is short, and no container uses it"
            draft.add(chain, f"image {reference}", RemoveImage(reference), cause)
    return draft.count > before


def _plan_dead_attempts(draft: Draft, state: PodState) -> None:
    """The last attempt of each container stays: it says how the container is doing."""
    pod = state.pod
    for name, attempts in sorted(pod.attempts.items()):
        for each in attempts[:-1]:
            if not each.alive:
                subject = f"container {name} of pod {pod.identity}"
                draft.add(pod.identity.uid, subject, RemoveContainer(each.id), "the disk is short, and it has ended")


def _unused_images(states: Sequence[PodState], situation: Situation) -> list[str]:
    wanted = {normalized_reference(each) for each in _wanted_images(states, situation)}
    return sorted(
        reference
        for image in situation.measured.pressure.look.images
        if not image.used
        for reference in image.references
        if reference in situation.remembered.brought and reference not in wanted
    )


def _wanted_images(states: Iterable[PodState], situation: Situation) -> Iterable[str]:
    for workload in situation.desired.workloads.values():
        yield from template_of(workload).spec.images
    for state in states:
        if not state.pod.evicted:
            yield from state.pod.template.spec.images
