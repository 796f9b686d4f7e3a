"""Why a pod cannot be mended. The sandbox is the pod: when it is lost or not as written, the pod starts anew."""

from dataclasses import replace

from gitpod_sync.model.base.instance import Instance
from gitpod_sync.model.base.pass_cache import Memo, What
from gitpod_sync.model.base.times import lies_ahead
from gitpod_sync.model.engine.observed import ContainerStatus, ObservedContainer
from gitpod_sync.model.engine.pods import ObservedPod
from gitpod_sync.plan.config.container_config import compute_sandbox_config
from gitpod_sync.plan.config.drift import compute_fixed_drift

_GONE = {ContainerStatus.EXITED, ContainerStatus.DEAD, ContainerStatus.REMOVING}


_DRIFT: What[str] = What("drift of a sandbox")
_SETTLED = 10.0
"""Seconds for which a new sandbox is not judged: replacing it again and again at full speed would mend nothing."""


def compute_loss(pod: ObservedPod, instance: Instance, now: float, memo: Memo | None = None) -> str:
    """The reason in words, "" for a pod that can be kept. One being ended, or evicted, is not judged any more."""
    sandbox = pod.sandbox
    if sandbox is None or pod.ending or pod.evicted:
        return ""
    if sandbox.status in _GONE:
        return "its sandbox has stopped"
    drift = _sandbox_drift(pod, sandbox, instance, memo or Memo())
    if drift and _is_settled(sandbox, now):
        return f"its sandbox is not as written: {drift}"
    if _left_behind(pod):
        return "its sandbox was started again without its containers"
    return ""


def judged_at(pod: ObservedPod, instance: Instance, now: float, memo: Memo | None = None) -> float | None:
    """When a new sandbox that is not as written will cost the pod; None for one that is, or that is judged by now.

    Until then its containers are left alone: whatever would be mended of them goes with the pod.
    """
    sandbox = pod.sandbox
    if sandbox is None or pod.ending or _is_settled(sandbox, now):
        return None
    drift = _sandbox_drift(pod, sandbox, instance, memo or Memo())
    return sandbox.created_at + _SETTLED if drift else None


def _is_settled(sandbox: ObservedContainer, now: float) -> bool:
    return sandbox.created_at + _SETTLED <= now or lies_ahead(sandbox.created_at, now)


def _sandbox_drift(pod: ObservedPod, sandbox: ObservedContainer, instance: Instance, memo: Memo) -> str:
    def compare() -> str:
        # A later version of the sandbox program is no reason to end a pod: it comes with the pod's successor.
        wanted = replace(compute_sandbox_config(pod.identity, instance), image=sandbox.config.image)
        drift = compute_fixed_drift(wanted, sandbox)
        return str(drift[0]) if drift else ""

    return memo.recall(_DRIFT, (pod.identity, sandbox), compare)


def _left_behind(pod: ObservedPod) -> bool:
    """A sandbox that was restarted has a new network namespace; containers from before still sit in the old one.

    One that has never ended was not restarted: containers that seem to be older were started after the clock went back.
    """
    since = pod.sandbox.started_at if pod.sandbox and pod.sandbox.finished_at is not None else None
    return since is not None and any(
        each.alive and each.started_at is not None and each.started_at < since for each in pod.containers
    )
