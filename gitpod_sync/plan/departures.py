"""Who goes: each reason for which a pod goes is asked in its turn, and sees those that go already."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from gitpod_sync.controllers.decision import EndPod
from gitpod_sync.controllers.pod.pod_state import PodState
from gitpod_sync.model.engine.node import Node
from gitpod_sync.model.records.cordon import Cordon
from gitpod_sync.plan.doors import Doors
from gitpod_sync.plan.eviction.pressure_evictions import NO_ANSWER, PressureAnswer, compute_pressure_evictions
from gitpod_sync.plan.node_view import NodeView
from gitpod_sync.plan.pod_index import PodIndex
from gitpod_sync.plan.scheduling.budgets import Ledger
from gitpod_sync.plan.scheduling.drain import compute_drain
from gitpod_sync.plan.scheduling.schedule import Placements
from gitpod_sync.plan.scheduling.taint_evictions import compute_taint_evictions
from gitpod_sync.plan.situation import ClusterSituation
from gitpod_sync.plan.steps import Disruption
from gitpod_sync.plan.waiting import NO_NOTES, Notes, earliest
from gitpod_sync.plan.workloads.decisions import WorkloadDecisions


@dataclass(frozen=True, slots=True, kw_only=True)
class Departures:
    """Who goes, and why."""

    ends: Mapping[str, EndPod] = field(default_factory=dict)
    """By UID: the pods that are ended."""
    pressure: PressureAnswer = NO_ANSWER
    """What is done about a node that is short of something: pods that are evicted among it."""
    disruptions: Mapping[str, Disruption] = field(default_factory=dict)
    """What is told of pods (by UID) that go although their workloads want them."""
    lasting: frozenset[str] = frozenset()
    """Names of what goes on for long, so that its beginning is remembered."""
    notes: Notes = NO_NOTES

    @property
    def going(self) -> Collection[str]:
        """The UIDs of all that go."""
        return {*self.ends, *self.pressure.evictions}


def choose_departures(
    pods: Sequence[PodState],
    pod_index: PodIndex,
    workloads: WorkloadDecisions,
    node: Node,
    cordon: Cordon,
    view: NodeView,
    situation: ClusterSituation,
    doors: Doors,
) -> tuple[Departures, Ledger]:
    """First those that their controllers end, then those whom taints, pressure and a drain drive out.

    Nobody goes twice, and who goes for one reason leaves less room in the budgets for the next. The ledger is for those
    whom pods of a higher priority drive out (see `with_victims`): they are chosen last.
    """
    ends = _ended_by_controllers(pod_index, workloads, situation)
    tainted = compute_taint_evictions(pods, ends, node, situation, doors)
    ends |= tainted.ends
    pressure = compute_pressure_evictions(pods, ends.keys(), view, situation, doors)
    going = {*ends, *pressure.evictions}
    ledger = Ledger(pods, workloads.decisions, situation.desired, going, doors)
    drain = compute_drain(pods, going, cordon, ledger, view.backlog, doors)
    departures = Departures(
        ends={**ends, **drain.ends},
        pressure=pressure,
        disruptions={**tainted.disruptions, **drain.disruptions},
        lasting=tainted.lasting,
        notes=Notes(waiting=drain.notes.waiting, wake_at=earliest(tainted.wake_at, drain.notes.wake_at)),
    )
    return departures, ledger


def with_victims(departures: Departures, placements: Placements) -> Departures:
    """Those who go, and those who go for pods of a higher priority."""
    return Departures(
        ends={**departures.ends, **placements.victims},
        pressure=departures.pressure,
        disruptions={**placements.disruptions, **departures.disruptions},
        lasting=departures.lasting | placements.lasting,
        notes=departures.notes,
    )


def _ended_by_controllers(
    pod_index: PodIndex, workloads: WorkloadDecisions, situation: ClusterSituation
) -> dict[str, EndPod]:
    """By UID: what the controllers end, and pods whose workload Git does not name any more."""
    let_go, known, derived = situation.desired.let_go, situation.desired.workloads, workloads.derived
    unasked = (
        EndPod(state.pod, let_go or derived.dropped.get(owner, f"Git does not ask for {owner} any more"))
        for owner, states in pod_index.belonging()
        if not (owner in known or owner in derived.jobs or owner in derived.left_alone)
        for state in states
        if not state.pod.ending
    )
    decided: Iterable[EndPod] = (end for decision in workloads.decisions for end in decision.end)
    return {end.pod.identity.uid: end for end in (*decided, *unasked)}
