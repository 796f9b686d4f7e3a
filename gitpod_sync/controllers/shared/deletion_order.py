"""The order in which pods are ended, and the time at which a count may change by itself."""

from collections.abc import Callable, Iterable

from gitpod_sync.controllers.pod.pod_state import PodState


def end_first(state: PodState) -> tuple[bool, float, str]:
    """Sort key for ending pods: those not ready first, then the newest."""
    created = state.pod.sandbox.created_at if state.pod.sandbox else float("inf")
    return (state.ready, -created, state.pod.identity.name)


def surplus_order(min_ready_seconds: int, now: float) -> Callable[[PodState], tuple[bool, bool, float, str]]:
    """Sort key for surplus pods: as `end_first`, and of ready pods those first that are not available yet."""

    def sort_key(state: PodState) -> tuple[bool, bool, float, str]:
        ready, newest, name = end_first(state)
        return (ready, state.available(now, min_ready_seconds), newest, name)

    return sort_key


def next_availability(pods: Iterable[PodState], min_ready_seconds: int, now: float) -> float | None:
    """The next time at which a ready pod has been ready for long enough."""
    coming = [
        state.ready_since + min_ready_seconds
        for state in pods
        if state.ready_since is not None and not state.available(now, min_ready_seconds)
    ]
    return min(coming, default=None)
