"""What one node does about its pods, step by step: what was decided of them, and what keeps those that stay well."""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from gitpod_sync.controllers.pod.pod_state import PodState
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.engine.pods import Gathered
from gitpod_sync.model.records.event import Event, EventType
from gitpod_sync.plan.cluster_plan import ClusterPlan
from gitpod_sync.plan.doors import Door, Doors, of_pending, of_state
from gitpod_sync.plan.eviction.eviction import plan_evicted_pod, plan_eviction
from gitpod_sync.plan.eviction.pressure_evictions import PressureAnswer
from gitpod_sync.plan.eviction.reclaim import plan_reclaim
from gitpod_sync.plan.eviction.tombstones import plan_tombstone_removal, plan_tombstones
from gitpod_sync.plan.incremental.pod_inputs import PodsSituation, situation_of_pods
from gitpod_sync.plan.incremental.steady_pods import SteadyPods
from gitpod_sync.plan.pod_index import PodIndex
from gitpod_sync.plan.pods.leftovers import plan_leftovers
from gitpod_sync.plan.pods.pod import plan_kept_pod, plan_new_pod
from gitpod_sync.plan.pods.pod_termination import plan_end, plan_ending_pod
from gitpod_sync.plan.pods.prerequisites import plan_ground
from gitpod_sync.plan.report.events import compute_begun_events, compute_done_events, compute_failed_hooks
from gitpod_sync.plan.scheduling.outcomes import Placement
from gitpod_sync.plan.scheduling.schedule import Placements
from gitpod_sync.plan.situation import NodeSituation
from gitpod_sync.plan.states.disruptions import name_disrupted
from gitpod_sync.plan.steps import Draft, News, Plan
from gitpod_sync.plan.volumes.claims import plan_claims
from gitpod_sync.plan.waiting import Notes


def act(
    draft: Draft,
    situation: NodeSituation,
    gathered: Gathered,
    decided: ClusterPlan,
    steady: SteadyPods,
    doors: Doors,
) -> Plan:
    """The plan: what the pods stand on first, then those that are there, those that come, and what is left over."""
    workloads, departures, placements = decided.workloads, decided.departures, decided.placements
    called = decided.pod_index.find(departures.going)
    awake = steady.awake(decided.pods, called)
    of_pods = situation_of_pods(situation)

    draft.note(workloads.notes)
    ground = _plan_ground(draft, situation, gathered, decided)
    draft.note(departures.notes)
    _answer_pressure(draft, departures.pressure, situation)
    _plan_present(draft, awake, decided, steady, situation, of_pods, doors)
    plan_tombstones(draft, awake, doors)
    if ground is not None:
        _plan_comers(draft, placements, situation, ground, doors)
    plan_leftovers(draft, gathered, situation, doors)
    plan_claims(draft, decided.claims.volumes, situation)

    for at in (decided.wake_at, steady.wake_at(called)):
        draft.wake(at)
    draft.remembered |= workloads.derived.left_alone | workloads.unknown | decided.claims.owners
    draft.withdrawn += workloads.withdrawn
    draft.scalings = workloads.scalings
    draft.disruptions = departures.disruptions
    draft.lasting = departures.lasting | name_disrupted(departures.disruptions, awake)
    targets = steady.targets(of_pods.situation, doors)
    plan = draft.finish(situation, workloads.decisions, decided.pods, awake, targets, workloads.derived.jobs)
    return replace(plan, news=_tell(plan, decided.pod_index))


def _tell(plan: Plan, pod_index: PodIndex) -> News:
    return replace(
        plan.news,
        begun=compute_begun_events(plan, pod_index),
        done=compute_done_events(plan, pod_index),
        failed_hooks=compute_failed_hooks(plan, pod_index),
    )


def _plan_ground(
    draft: Draft, situation: NodeSituation, gathered: Gathered, decided: ClusterPlan
) -> tuple[int, ...] | None:
    pods = decided.pods
    return plan_ground(
        draft,
        situation,
        wanted=any(not _is_gone(state) for state in pods) or decided.workloads.creates,
        in_use=bool(gathered.leftovers or gathered.unread or situation.under_way.chains)
        or any(_is_there(state) for state in pods),
    )


def _is_there(state: PodState) -> bool:
    """Whether anything of it is on the engine, or is to be."""
    return state.pod.sandbox is not None or state.outcome is None


def _is_gone(state: PodState) -> bool:
    """Whether it has come to its end, and its sandbox has stopped or is gone altogether."""
    return state.outcome is not None and not (state.pod.sandbox and state.pod.sandbox.alive)


def _answer_pressure(draft: Draft, answer: PressureAnswer, situation: NodeSituation) -> None:
    plan_reclaim(draft, answer.reclaim)
    if answer.short_of:
        node, message = Key("Node", "", situation.observed.node.name), f"Attempting to reclaim {answer.short_of}"
        draft.told.append(Event(node, "EvictionThresholdMet", message, EventType.WARNING))
        draft.answers_pressure = True


def _plan_present(
    draft: Draft,
    states: Iterable[PodState],
    decided: ClusterPlan,
    steady: SteadyPods,
    situation: NodeSituation,
    of_pods: PodsSituation,
    doors: Doors,
) -> None:
    """Pods that are there: each goes on its way out, or is kept well."""
    ends, evictions = decided.departures.ends, decided.departures.pressure.evictions

    def plan(state: PodState) -> None:
        uid = state.pod.identity.uid
        if uid in ends:
            plan_end(draft, ends[uid].pod, situation, ends[uid].cause)
        elif state.pod.ending:
            plan_ending_pod(draft, state.pod, situation)
        elif state.pod.evicted:
            plan_evicted_pod(draft, state.pod, situation)
        elif uid in evictions:
            plan_eviction(draft, state, evictions[uid], situation)
        # Of one whose state nobody can tell nobody can tell what it lacks either.
        elif not doors.is_closed(Door.STATE, of_state(state)):
            steady.plan(draft, state, of_pods, partial(plan_kept_pod, draft, state, of_pods.situation))

    for state in states:
        uid = state.pod.identity.uid
        if uid in ends or state.pod.ending:
            draft.going.add(uid)
        leaves = uid in draft.going or state.pod.evicted or uid in evictions
        doors.go(Door.END if leaves else Door.KEEP, of_state(state), partial(plan, state), lambda _: None)


def _plan_comers(
    draft: Draft, placements: Placements, situation: NodeSituation, ground: tuple[int, ...], doors: Doors
) -> None:
    def make(new: Placement) -> None:
        plan_tombstone_removal(draft, (new.replaces,) if new.replaces else (), "another pod takes its place")
        plan_new_pod(draft, new.identity, situation, cause=new.cause, after=ground)

    for each in placements.outcomes:
        if isinstance(each, Placement):
            doors.go(Door.MAKE, of_pending(each.identity), partial(make, each), lambda _: None)
        else:
            draft.note(Notes(waiting=(each,)))
    draft.note(Notes(held_back=placements.held_back, wake_at=placements.wake_at))
