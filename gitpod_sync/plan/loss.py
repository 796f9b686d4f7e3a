"""Why a pod cannot be mended. The sandbox is the pod: when it is lost or not as written, the pod starts anew."""

from dataclasses import replace

from gitpod_sync.model.instance import Instance
from gitpod_sync.model.observed import ContainerStatus, ObservedNode
from gitpod_sync.model.pods import ObservedPod
from gitpod_sync.plan.configs import compute_sandbox_config
from gitpod_sync.plan.drift import compute_fixed_drift

_GONE = {ContainerStatus.EXITED, ContainerStatus.DEAD, ContainerStatus.REMOVING}


_SETTLED = 10.0
"""Seconds for which a new sandbox is not judged: replacing it again and again at full speed would mend nothing."""


def compute_loss(pod: ObservedPod, instance: Instance, node: ObservedNode, now: float) -> str:
    """The reason in words, "" for a pod that can be kept. A pod being ended is not judged any more."""
    sandbox = pod.sandbox
    if sandbox is None or pod.ending:
        return ""
    if sandbox.status in _GONE:
        return "its sandbox has stopped"
    # A later version of the sandbox program is no reason to end a pod: it comes with the pod's successor.
    wanted = replace(compute_sandbox_config(pod.identity, instance, node), image=sandbox.config.image)
    drift = compute_fixed_drift(wanted, sandbox)
    if drift and sandbox.created_at + _SETTLED <= now:
        return f"its sandbox is not as written: {drift[0]}"
    if _left_behind(pod):
        return "its sandbox was started again without its containers"
    return ""


def _left_behind(pod: ObservedPod) -> bool:
    """A sandbox that was restarted has a new network namespace; containers from before still sit in the old one."""
    since = pod.sandbox.started_at if pod.sandbox else None
    return since is not None and any(
        each.alive and each.started_at is not None and each.started_at < since for each in pod.containers
    )
