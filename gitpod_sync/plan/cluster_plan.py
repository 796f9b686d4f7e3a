"""What has been decided: all that a node needs to be told of it."""

from dataclasses import dataclass

from gitpod_sync.controllers.pod.pod_state import PodState
from gitpod_sync.plan.departures import Departures
from gitpod_sync.plan.pod_index import PodIndex
from gitpod_sync.plan.scheduling.schedule import Placements
from gitpod_sync.plan.volumes.claims import UnwantedClaims
from gitpod_sync.plan.workloads.decisions import WorkloadDecisions


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterPlan:
    """Who is there and is wanted, who goes, who comes."""

    pods: tuple[PodState, ...]
    """All pods, in their order, with what bare ones are brought to where they stand."""
    pod_index: PodIndex
    """Finds pods among `pods`, until the next plan is computed."""
    workloads: WorkloadDecisions
    """The first stage."""
    departures: Departures
    """The second stage: who goes, victims of preemption among them."""
    placements: Placements
    """The third stage: who comes."""
    claims: UnwantedClaims
    """Volumes that nobody claims any more."""
    wake_at: float | None
    """When something else may be decided although nothing has happened."""
