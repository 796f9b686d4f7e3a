"""Whom an eviction meets first when the node is short of something.

Source of the rules: Kubernetes, "Node-pressure Eviction", pod selection for kubelet eviction: those that use more than
they request come first, then those of lower priority, then those whose use is the furthest above their request. Pods
of a system priority are never evicted, nor is one that the look has not measured: it came after.

A worked example, memory: web requests 100Mi and uses 150Mi, batch requests nothing and uses 20Mi, db requests 1Gi and
uses 900Mi, all of one priority. web goes first (50Mi above), then batch (20Mi above); db, within its request, last.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gitpod_sync.controllers.pod.pod_state import PodState
from gitpod_sync.model.pods.pod import Container
from gitpod_sync.model.pods.requests import MEMORY, STORAGE, compute_requests
from gitpod_sync.model.records.pressure import PodUse, Signal
from gitpod_sync.model.scheduling.priority import SYSTEM_PRIORITY


@dataclass(frozen=True, slots=True)
class Candidate:
    """A pod that could go: what it uses and requests of what is short, in bytes."""

    state: PodState
    use: int
    request: int
    priority: int = 0


def resource_of(signal: Signal) -> str:
    """What pods use of that which a signal tells. Inodes are not counted by pod: bytes stand for them."""
    return MEMORY if signal is Signal.MEMORY_AVAILABLE else STORAGE


def rank_candidates(states: Iterable[PodState], uses: Mapping[str, PodUse], signal: Signal) -> tuple[Candidate, ...]:
    """The pods that may be evicted, the first to go first."""
    found = [
        _candidate(state, uses[state.pod.identity.uid], signal) for state in states if state.pod.identity.uid in uses
    ]
    return tuple(sorted((each for each in found if each.priority < SYSTEM_PRIORITY), key=_order))


def use_of(use: PodUse, container: str, resource: str) -> int:
    """What one container uses, in bytes."""
    return (use.memory if resource == MEMORY else use.written).get(container, 0)


def request_of(container: Container, resource: str) -> int:
    """What one container requests, in bytes: what is not requested is requested as far as it is limited."""
    resources = container.resources
    found = resources.requests.get(resource) or resources.limits.get(resource)
    return found.units if found else 0


def _candidate(state: PodState, use: PodUse, signal: Signal) -> Candidate:
    spec, resource = state.pod.template.spec, resource_of(signal)
    used = sum(use.memory.values()) if resource == MEMORY else use.storage
    return Candidate(state, used, compute_requests(spec).get(resource, 0), state.pod.identity.priority)


def _order(candidate: Candidate) -> tuple[bool, int, int, str, str]:
    identity = candidate.state.pod.identity
    excess = candidate.use - candidate.request
    return (excess <= 0, candidate.priority, -excess, str(identity), identity.uid)
