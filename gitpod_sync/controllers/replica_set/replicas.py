"""ReplicaSet and ReplicationController: keep N pods.

Pods of an earlier template stay, as in Kubernetes: a ReplicaSet replaces pods only when they go. Scaling down prefers
pods that are not ready, then those that are not available, then the newest (Kubernetes: "ReplicaSet", scaling down).
"""

from gitpod_sync.controllers.crowds import ask_for
from gitpod_sync.controllers.decision import Decision, EndPod, NewPod, WorkloadStatus
from gitpod_sync.controllers.shared.deletion_order import next_availability, surplus_order
from gitpod_sync.controllers.shared.names import free_names
from gitpod_sync.controllers.view import WorkloadView
from gitpod_sync.model.pods.hashing import template_hash
from gitpod_sync.model.workloads.workloads import ReplicaSet, ReplicationController


def decide_replicas(workload: ReplicaSet | ReplicationController, view: WorkloadView) -> Decision:
    """Make missing pods, end surplus and lost ones."""
    spec = workload.spec
    current = template_hash(spec.template)
    living = [state for state in view.pods if not state.pod.ending]
    standing = [state for state in living if not state.lost]
    lost = [EndPod(state.pod, state.lost) for state in living if state.lost]
    order = surplus_order(spec.min_ready_seconds, view.now)
    surplus = sorted(standing, key=order)[: max(0, len(standing) - spec.replicas)]
    missing = max(0, spec.replicas - len(standing))
    cause = f"{len(standing)} of {spec.replicas} replicas are there"
    names = free_names(workload.key.name, view.taken)
    create = ask_for((NewPod(name, spec.template, current, cause) for name in names), missing, view.node)
    ready = sum(state.ready for state in standing)
    available = sum(state.available(view.now, spec.min_ready_seconds) for state in standing)
    status = WorkloadStatus(
        desired=spec.replicas,
        current=len(standing),
        updated=sum(state.pod.identity.template_hash == current for state in standing),
        ready=ready,
        available=available,
        complete=available == spec.replicas == len(view.pods),
    )
    end = (*lost, *(EndPod(state.pod, f"there are more than {spec.replicas} replicas") for state in surplus))
    return Decision(
        workload=workload.key,
        status=status,
        create=create,
        end=end,
        wake_at=next_availability(standing, spec.min_ready_seconds, view.now),
    )
