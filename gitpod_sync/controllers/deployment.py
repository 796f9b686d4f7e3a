"""Deployment: N pods of the newest template, and the way there from the older ones.

Pods of one template hash are what Kubernetes calls a ReplicaSet of the Deployment; the hash in their names and labels
is all that is left of it here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import assert_never

from gitpod_sync.controllers.decision import Decision, EndPod, NewPod, WorkloadStatus
from gitpod_sync.controllers.names import free_names
from gitpod_sync.controllers.pod_state import PodState
from gitpod_sync.controllers.ranking import end_first, next_availability, surplus_order
from gitpod_sync.controllers.revisions import note_revision
from gitpod_sync.controllers.rolling import Counts, compute_bounds, compute_new_to_create, compute_old_to_end
from gitpod_sync.controllers.view import WorkloadView
from gitpod_sync.model.hashing import template_hash
from gitpod_sync.model.records import DeploymentRecord
from gitpod_sync.model.workloads import Deployment, StrategyType


@dataclass(frozen=True, slots=True)
class _Versions:
    """The standing pods of the current template and of all earlier ones, and which of them are available."""

    hash: str
    new: tuple[PodState, ...]
    old: tuple[PodState, ...]
    available: frozenset[str]

    def is_available(self, state: PodState) -> bool:
        return state.pod.identity.uid in self.available

    @property
    def counts(self) -> Counts:
        return Counts(
            len(self.new),
            sum(map(self.is_available, self.new)),
            len(self.old),
            sum(map(self.is_available, self.old)),
        )


def decide_deployment(deployment: Deployment, view: WorkloadView) -> Decision:
    """One step of the way."""
    living = [state for state in view.pods if not state.pod.ending]
    versions = _sort_versions(deployment, living, view.now)
    lost = tuple(EndPod(state.pod, state.lost) for state in living if state.lost)
    surplus = _surplus(deployment, versions, view.now)
    match deployment.spec.strategy.type:
        case StrategyType.ROLLING_UPDATE:
            create, outdated = _roll(deployment, versions)
        case StrategyType.RECREATE:
            create, outdated = _recreate(deployment, versions, view)
        case _ as never:
            assert_never(never)
    names = free_names(f"{deployment.metadata.name}-{versions.hash}", view.taken)
    return Decision(
        deployment.key,
        _status(deployment, versions, len(view.pods)),
        tuple(
            NewPod(name, deployment.spec.template, versions.hash, _why_new(versions)) for name in islice(names, create)
        ),
        (*lost, *surplus, *outdated),
        next_availability((*versions.new, *versions.old), deployment.spec.min_ready_seconds, view.now),
        _record(deployment, versions, view),
    )


def _sort_versions(deployment: Deployment, living: Sequence[PodState], now: float) -> _Versions:
    current = template_hash(deployment.spec.template)
    standing = [state for state in living if not state.lost]
    return _Versions(
        current,
        tuple(state for state in standing if state.pod.identity.template_hash == current),
        tuple(state for state in standing if state.pod.identity.template_hash != current),
        frozenset(
            state.pod.identity.uid for state in standing if state.available(now, deployment.spec.min_ready_seconds)
        ),
    )


def _surplus(deployment: Deployment, versions: _Versions, now: float) -> tuple[EndPod, ...]:
    """Pods of the current version beyond the wanted number."""
    replicas = deployment.spec.replicas
    order = surplus_order(deployment.spec.min_ready_seconds, now)
    too_many = sorted(versions.new, key=order)[: max(0, len(versions.new) - replicas)]
    return tuple(EndPod(state.pod, f"there are more than {replicas} replicas") for state in too_many)


def _roll(deployment: Deployment, versions: _Versions) -> tuple[int, tuple[EndPod, ...]]:
    spec = deployment.spec
    bounds = compute_bounds(spec.replicas, spec.strategy.rolling_update)
    counts = versions.counts
    broken, spare = compute_old_to_end(counts, bounds)
    candidates = sorted(versions.old, key=end_first)
    unavailable = [state for state in candidates if not versions.is_available(state)][:broken]
    available = [state for state in candidates if versions.is_available(state)][:spare]
    ended = tuple(
        EndPod(
            state.pod, f"version {versions.hash} takes its place; {bounds.available} of {spec.replicas} stay available"
        )
        for state in (*unavailable, *available)
    )
    return compute_new_to_create(spec.replicas, counts, bounds), ended


def _recreate(deployment: Deployment, versions: _Versions, view: WorkloadView) -> tuple[int, tuple[EndPod, ...]]:
    """All old pods are gone before the first new one comes, and there are never more pods than replicas.

    Lost pods and those being ended count, and so do those of which only orphaned containers are left.
    """
    ended = tuple(EndPod(state.pod, f"version {versions.hash} takes its place") for state in versions.old)
    if view.orphaned or any(state.pod.identity.template_hash != versions.hash for state in view.pods):
        return 0, ended
    return max(0, deployment.spec.replicas - len(view.pods)), ended


def _record(deployment: Deployment, versions: _Versions, view: WorkloadView) -> DeploymentRecord:
    known = view.record if isinstance(view.record, DeploymentRecord) else DeploymentRecord()
    return DeploymentRecord(note_revision(known.revisions, deployment.spec.template, versions.hash))


def _why_new(versions: _Versions) -> str:
    if versions.old:
        return f"version {versions.hash} is rolled out"
    return "a replica is missing"


def _status(deployment: Deployment, versions: _Versions, pods: int) -> WorkloadStatus:
    replicas, counts = deployment.spec.replicas, versions.counts
    return WorkloadStatus(
        desired=replicas,
        current=counts.total,
        updated=counts.new,
        ready=sum(state.ready for state in (*versions.new, *versions.old)),
        available=counts.new_available + counts.old_available,
        complete=counts.new_available == replicas == pods,
    )
