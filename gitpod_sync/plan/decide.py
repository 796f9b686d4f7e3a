"""What should be: workloads first, then who goes, then who comes and where. Each stage sees what the ones before found.

Nodes are known by their views alone, and nothing is planned here: what is decided, each node acts upon.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from gitpod_sync.controllers.decide import decide as decide_workload
from gitpod_sync.controllers.decision import Decision
from gitpod_sync.controllers.left_alone import leave_alone
from gitpod_sync.controllers.pod.pod_state import PodState
from gitpod_sync.controllers.view import WorkloadView
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.base.pass_cache import Memo, What
from gitpod_sync.model.engine.node import Node
from gitpod_sync.model.records.cordon import cordon_of
from gitpod_sync.model.records.interventions import NODE
from gitpod_sync.model.records.pressure import holding
from gitpod_sync.model.workloads.workloads import Workload
from gitpod_sync.plan.cluster_plan import ClusterPlan
from gitpod_sync.plan.departures import choose_departures, with_victims
from gitpod_sync.plan.doors import INTERNAL_ERROR, Door, Doors, of_intervention, of_object, of_state
from gitpod_sync.plan.incremental.decision_cache import DecisionCache
from gitpod_sync.plan.node_state import compute_node_now
from gitpod_sync.plan.node_view import NodeView
from gitpod_sync.plan.pod_index import PodIndex
from gitpod_sync.plan.scheduling.node_info import NodeInfo
from gitpod_sync.plan.scheduling.resizes import compute_resizes
from gitpod_sync.plan.scheduling.schedule import Host, compute_placements
from gitpod_sync.plan.situation import ClusterSituation
from gitpod_sync.plan.volumes.claims import find_unwanted_claims
from gitpod_sync.plan.waiting import earliest
from gitpod_sync.plan.workloads.autoscale import autoscale
from gitpod_sync.plan.workloads.cron_jobs import Derived, decide_cron_jobs
from gitpod_sync.plan.workloads.decisions import WorkloadDecisions
from gitpod_sync.plan.workloads.dependencies import hold_back_dependents
from gitpod_sync.plan.workloads.interventions import InForce, sort_interventions
from gitpod_sync.plan.workloads.unknown import Unknown, compute_unknown

_DECIDED: What[DecisionCache] = What("decided")
_NODE_INFO: What[NodeInfo] = What("node info")
_POD_INDEX: What[PodIndex] = What("pod index")


def decide(situation: ClusterSituation, view: NodeView, memo: Memo, doors: Doors) -> ClusterPlan:
    """What should come, go and stay."""
    interventions = partial(doors.each, Door.INTERVENTION, subject_of=of_intervention)
    standing = sort_interventions(situation.remembered.interventions, situation.desired, interventions)
    cordon = cordon_of(standing.of(NODE))
    conditions = holding(view.pressure, situation.settings.eviction, situation.now)
    node = compute_node_now(view.machine, situation.settings.node, conditions, cordon)
    resizes = compute_resizes(view.pods, node, situation, doors)
    pods = resizes.states
    pod_index = memo.keep(_POD_INDEX, PodIndex)
    node_info = memo.keep(_NODE_INFO, partial(NodeInfo, node))
    came, gone = pod_index.update(pods, partial(doors.each, Door.COUNT, subject_of=of_object))
    node_info.update(came, gone, partial(doors.each, Door.SEAT, subject_of=of_state))
    unknown = compute_unknown(situation.unresolved, view.unread, pod_index, standing, doors)

    workloads, scaled = _decide_workloads(
        _Workloads(pods, view, pod_index, node, standing, unknown, memo), situation, doors
    )
    departures, ledger = choose_departures(pods, pod_index, workloads, node, cordon, view, scaled, doors)
    # Nobody goes for a pod that could not be made now.
    asked = workloads.decisions if view.takes_pods else ()
    host = Host(node, node_info, resizes.kept, departures.going)
    placements = compute_placements(asked, pod_index, host, ledger, view, scaled, doors)

    # The conditions of a node are over after a while if they are not met again, so that pods may come.
    relief = min(conditions.values(), default=None)
    return ClusterPlan(
        pods=pods,
        pod_index=pod_index,
        workloads=workloads,
        departures=with_victims(departures, placements),
        placements=placements,
        claims=find_unwanted_claims(view.claims, workloads.decisions, scaled),
        wake_at=earliest(workloads.wake_at, relief),
    )


@dataclass(frozen=True, slots=True)
class _Workloads:
    """What every workload is decided from, beside what Git says of it."""

    pods: Sequence[PodState]
    """All pods, with what bare ones are brought to where they stand."""
    view: NodeView
    """The node that the pods are on, as it tells of itself."""
    pod_index: PodIndex
    """Finds pods by workload and by name."""
    node: Node
    """What new pods would be placed on."""
    standing: InForce
    """The interventions of people that are in force."""
    unknown: Mapping[Key, Unknown]
    """Workloads about which something could not be read, and why nothing is decided about them."""
    memo: Memo
    """What was decided before of workloads that are the same still."""


def _decide_workloads(
    known: _Workloads, situation: ClusterSituation, doors: Doors
) -> tuple[WorkloadDecisions, ClusterSituation]:
    """The decisions; and the situation with the replicas that are in force, as all later stages see it."""
    workloads, scalings = autoscale(known.pods, situation, doors)
    scaled = replace(situation, desired=replace(situation.desired, workloads=workloads))
    decided, derived = _ask_controllers(known, situation.desired.workloads, scaled, doors)
    decisions, notes = hold_back_dependents(decided, known.pods, scaled, doors)
    found = WorkloadDecisions(
        decisions=decisions,
        derived=derived,
        scalings=scalings,
        standing=known.standing,
        unknown=frozenset(known.unknown),
        notes=notes,
    )
    return found, scaled


def _ask_controllers(
    known: _Workloads, written: Mapping[Key, Workload], situation: ClusterSituation, doors: Doors
) -> tuple[tuple[Decision, ...], Derived]:
    """`written` are the workloads as Git has them; those of the situation have the replicas that are in force."""
    view, pod_index, standing = known.view, known.pod_index, known.standing
    forgotten = situation.remembered.forgetful and view.is_used
    claims: dict[str, set[str]] = defaultdict(set)
    for each in view.claims:
        claims[each.claim.namespace].add(each.claim.name)

    def view_of(key: Key) -> WorkloadView:
        return WorkloadView(
            pod_index.members.get(key, ()),
            pod_index.names(key.namespace),
            situation.now,
            key in view.orphans,
            situation.remembered.records.get(key),
            standing.of(key),
            f"{situation.instance.name}/{situation.nonce}",
            forgotten,
            orphans=view.orphans.get(key, ()),
            claims=claims.get(key.namespace, ()),
            commit=situation.desired.commit,
            on_failure=situation.settings.on_failure,
            node=known.node,
            written=written.get(key),
        )

    derived = decide_cron_jobs(situation, view_of, pod_index.members, known.unknown, doors)
    workloads, decided = situation.desired.workloads, known.memo.keep(_DECIDED, DecisionCache)
    decided.look(workloads.keys(), known.node, situation.now)

    def decide_one(workload: Workload) -> Decision:
        key, subject = workload.key, of_object(workload.key)
        if key in known.unknown:
            return known.unknown[key].leave(key, workload, pod_index.members.get(key, ()))
        return doors.go(
            Door.DECIDE,
            subject,
            lambda: decided.decide(workload, view_of(key), decide_workload),
            lambda message: leave_alone(
                key,
                workload,
                pod_index.members.get(key, ()),
                INTERNAL_ERROR,
                message,
                fresh=doors.is_fresh(Door.DECIDE, subject),
            ),
        )

    own = list(map(decide_one, workloads.values()))
    return tuple(sorted((*own, *derived.decisions), key=lambda decision: decision.workload)), derived
