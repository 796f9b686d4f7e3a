"""What is left of an evicted pod: a container that is never started, with the pod's labels and the reason.

It is made before anything is ended, so that an eviction that was interrupted is gone on with, and it holds nothing of
the pod, so that the disk, the memory and the address are given back while the pod can still be seen as Failed. It is a
name and labels on the engine: who removes it takes away history, not workloads.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from gitpod_sync.controllers.pod.pod_state import PodState
from gitpod_sync.model.base import labels
from gitpod_sync.model.base.instance import Instance
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.engine.container import NO_NETWORK, ContainerConfig, Resolver, Sharing
from gitpod_sync.model.engine.pods import ObservedPod
from gitpod_sync.model.pods.privileges import HARDENED
from gitpod_sync.operations.operations import RemoveContainer
from gitpod_sync.plan.config.container_config import compute_sandbox_config
from gitpod_sync.plan.doors import Door, Doors, of_pod, of_state
from gitpod_sync.plan.steps import Draft
from gitpod_sync.plan.subjects import Part, part_of


def compute_tombstone_config(pod: ObservedPod, message: str, grace: int, instance: Instance) -> ContainerConfig:
    """The pod's sandbox without anything that it would hold; `grace` is what the pod's containers get, in seconds."""
    sandbox = compute_sandbox_config(pod.identity, instance)
    return replace(
        sandbox,
        network=NO_NETWORK,
        hostname="",
        domain="",
        hosts=(),
        resolver=Resolver(),
        ipc=Sharing.PRIVATE,
        uts=Sharing.PRIVATE,
        sysctls={},
        privileges=HARDENED,
        mounts=(),
        ports=(),
        labels={
            **sandbox.labels,
            labels.EVICTED: message,
            labels.GRACE: str(grace),
            labels.POD_CREATED: f"{pod.created_at or 0.0:.6f}",
        },
    )


def plan_tombstones(draft: Draft, states: Sequence[PodState], doors: Doors) -> None:
    """Of each workload only the last evicted pod stays to be seen."""
    stones: dict[Key, list[ObservedPod]] = defaultdict(list)
    for state in doors.each(Door.END, states, of_state):
        if state.pod.vacated and state.pod.identity.uid not in draft.going:
            stones[state.pod.identity.owner].append(state.pod)
    for _, pods in sorted(stones.items()):
        earlier = sorted(pods, key=_age)[:-1]
        for pod in doors.each(Door.END, earlier, lambda pod: of_pod(pod.identity)):
            plan_tombstone_removal(draft, (pod,), "a later pod of its workload was evicted")


def plan_tombstone_removal(draft: Draft, pods: Iterable[ObservedPod], cause: str) -> None:
    """Take marks away."""
    for pod in pods:
        uid, subject = pod.identity.uid, part_of(pod.identity, Part.EVICTED_POD)
        if pod.tombstone and not draft.is_busy(uid):
            draft.add(uid, subject, RemoveContainer(pod.tombstone.id), cause)


def _age(pod: ObservedPod) -> tuple[float, str]:
    return (pod.tombstone.created_at if pod.tombstone else 0.0, pod.identity.uid)
