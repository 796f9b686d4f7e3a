"""The heart: a situation to a plan.

Pods are gathered from the containers; every workload's controller decides which should come and go; then each pod, by
itself, is brought one step nearer. The same situation always gives the same plan.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from gitpod_sync.controllers.decide import decide
from gitpod_sync.controllers.decision import Decision, EndPod
from gitpod_sync.controllers.left_alone import leave_alone
from gitpod_sync.controllers.pod.pod_state import PodState
from gitpod_sync.controllers.view import WorkloadView
from gitpod_sync.model.base import labels
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.base.pass_cache import What
from gitpod_sync.model.engine.grouping import group_pods
from gitpod_sync.model.engine.node import Node
from gitpod_sync.model.engine.pods import Gathered, PodIdentity
from gitpod_sync.model.records.cordon import cordon_of
from gitpod_sync.model.records.interventions import NODE
from gitpod_sync.model.workloads.workloads import Workload
from gitpod_sync.plan.config.dns import refuse_hostname
from gitpod_sync.plan.config.references import CREATING
from gitpod_sync.plan.doors import (
    INTERNAL_ERROR,
    Door,
    Doors,
    of_bearer,
    of_intervention,
    of_object,
    of_pending,
    of_state,
)
from gitpod_sync.plan.eviction.eviction import Eviction, compute_pressure_evictions, plan_evicted_pod, plan_eviction
from gitpod_sync.plan.eviction.tombstones import plan_tombstone_removal, plan_tombstones
from gitpod_sync.plan.incremental.decision_cache import DecisionCache
from gitpod_sync.plan.incremental.steady_pods import SteadyPods
from gitpod_sync.plan.node_state import compute_placing_node, next_relief
from gitpod_sync.plan.pod_index import PodIndex
from gitpod_sync.plan.pods.leftovers import plan_leftovers
from gitpod_sync.plan.pods.pod import plan_kept_pod, plan_new_pod, sandbox_retry_key
from gitpod_sync.plan.pods.pod_termination import plan_end, plan_ending_pod
from gitpod_sync.plan.pods.prerequisites import plan_ground
from gitpod_sync.plan.scheduling.budgets import Ledger
from gitpod_sync.plan.scheduling.drain import compute_drain
from gitpod_sync.plan.scheduling.evicted_pods import is_admitted
from gitpod_sync.plan.scheduling.node_info import NodeInfo
from gitpod_sync.plan.scheduling.resizes import compute_resizes
from gitpod_sync.plan.scheduling.schedule import Places, compute_places
from gitpod_sync.plan.scheduling.taint_evictions import compute_taint_evictions
from gitpod_sync.plan.situation import Situation
from gitpod_sync.plan.states.disruptions import name_disrupted
from gitpod_sync.plan.states.stale_facts import forget_earlier_runs, forget_other_times
from gitpod_sync.plan.states.states import compute_states
from gitpod_sync.plan.steps import Draft, Plan
from gitpod_sync.plan.troubles import Trouble
from gitpod_sync.plan.volumes.claims import has_claims, plan_claims
from gitpod_sync.plan.volumes.set_claims import present_claims
from gitpod_sync.plan.workloads.autoscale import autoscale
from gitpod_sync.plan.workloads.cron_jobs import Derived, decide_cron_jobs
from gitpod_sync.plan.workloads.dependencies import hold_back_dependents
from gitpod_sync.plan.workloads.in_force import resolve_desired
from gitpod_sync.plan.workloads.interventions import InForce, sort_interventions
from gitpod_sync.plan.workloads.unknown import Unknown, compute_unknown

_QUIET: What[SteadyPods] = What("quiet pods")
_DECIDED: What[DecisionCache] = What("decided")
_ROLL: What[NodeInfo] = What("roll")
_POPULATION: What[PodIndex] = What("population")


def compute_plan(situation: Situation) -> Plan:
    """What has to be done now. Pure: all that it knows is in `situation`.

    Who brings an error about is left out, and told of in the plan.
    """
    situation = forget_other_times(forget_earlier_runs(situation))
    troubles: dict[str, Trouble] = {}
    while True:
        draft = Draft(situation)
        doors = Doors(situation.remembered.failures, situation.now, troubles, draft.hold_back)
        try:
            in_force, unresolved = resolve_desired(situation, doors)
            plan = _compute_plan(draft, doors, replace(situation, desired=in_force), unresolved)
            return replace(plan, desired=in_force, troubles=tuple(troubles.values()))
        except Exception as error:
            found = doors.trouble(error)
            if found is None:
                raise
            troubles[found.key] = found
            situation.memo.forget()


def _compute_plan(draft: Draft, doors: Doors, situation: Situation, unresolved: Collection[Key]) -> Plan:
    """`unresolved` are workloads of which it is not known what is in force (see `resolve_desired`)."""
    interventions = partial(doors.each, Door.INTERVENTION, subject_of=of_intervention)
    standing = sort_interventions(situation.remembered.interventions, situation.desired, interventions)
    cordon = cordon_of(standing.of(NODE))
    node = compute_placing_node(situation, cordon)
    bearers = partial(doors.each, Door.READ, subject_of=of_bearer)
    gathered = group_pods(situation.observed, situation.instance, situation.memo, bearers)
    quiet = situation.memo.keep(_QUIET, SteadyPods)
    resizes = compute_resizes(compute_states(gathered, quiet, situation, doors), node, situation, doors)
    states = resizes.states
    pod_index = situation.memo.keep(_POPULATION, PodIndex)
    node_info = situation.memo.keep(_ROLL, partial(NodeInfo, node))
    arrivals, departures = pod_index.update(states, partial(doors.each, Door.COUNT, subject_of=of_object))
    node_info.update(arrivals, departures, partial(doors.each, Door.SEAT, subject_of=of_state))
    unknown = compute_unknown(unresolved, gathered, pod_index, standing, doors)
    draft.remembered |= unknown.keys()
    workloads, scalings = autoscale(states, situation, doors)
    written = situation.desired.workloads
    situation = replace(situation, desired=replace(situation.desired, workloads=workloads))
    decided, derived = _decide_all(pod_index, gathered, standing, node, written, unknown, situation, doors)
    draft.remembered |= derived.left_alone
    decisions = hold_back_dependents(draft, decided, states, situation, doors)
    ground = plan_ground(
        draft,
        situation,
        wanted=any(not _is_gone(state) for state in states) or any(decision.create for decision in decisions),
        in_use=bool(gathered.leftovers or gathered.unread or situation.under_way.chains)
        or any(_is_there(state) for state in states),
    )
    ends = _to_end(pod_index, decisions, derived, situation)
    tainted = compute_taint_evictions(states, ends, node, situation, doors)
    ends = {**ends, **tainted.ends}
    evictions = compute_pressure_evictions(draft, states, ends.keys(), situation, doors)
    gone = {*ends, *evictions}
    ledger = Ledger(states, decisions, situation.desired, gone, doors)
    drain = compute_drain(draft, states, gone, cordon, ledger, doors)
    ends = {**ends, **drain.ends}
    # Nobody goes for a pod that could not be made now.
    asked = decisions if ground is not None else ()
    places = compute_places(
        draft, pod_index, node_info, asked, {*ends, *evictions}, node, resizes.kept, ledger, situation, doors
    )
    ends = {**ends, **places.victims}
    called = pod_index.find({*ends, *evictions})
    awake = quiet.awake(states, called)
    draft.disruptions = {**places.disruptions, **tainted.disruptions, **drain.disruptions}
    draft.lasting = places.lasting | tainted.lasting | name_disrupted(draft.disruptions, awake)
    for at in (tainted.wake_at, next_relief(situation), quiet.wake_at(called)):
        draft.wake(at)
    _plan_present(draft, awake, ends, evictions, quiet, situation, doors)
    plan_tombstones(draft, awake, doors)
    if ground is not None:
        _plan_comers(draft, places, situation, ground, doors)
    plan_leftovers(draft, gathered, situation, doors)
    plan_claims(draft, gathered, decisions, situation)
    for decision in decisions:
        draft.wake(decision.wake_at)
        draft.withdrawn += decision.done
    draft.withdrawn += standing.expired
    draft.scalings = scalings
    for scaling in scalings:
        draft.wake(scaling.wake_at)
    return draft.finish(decisions, states, awake, quiet.targets(situation, doors), derived.jobs, pod_index)


def _is_there(state: PodState) -> bool:
    """Whether anything of it is on the engine, or is to be."""
    return state.pod.sandbox is not None or state.outcome is None


def _is_gone(state: PodState) -> bool:
    """Whether it has come to its end, and its sandbox has stopped or is gone altogether."""
    return state.outcome is not None and not (state.pod.sandbox and state.pod.sandbox.alive)


def _decide_all(
    pod_index: PodIndex,
    gathered: Gathered,
    standing: InForce,
    node: Node,
    written: Mapping[Key, Workload],
    unknown: Mapping[Key, Unknown],
    situation: Situation,
    doors: Doors,
) -> tuple[tuple[Decision, ...], Derived]:
    """`written` are the workloads as Git has them; those of the situation have the replicas that are in force."""
    orphans: dict[Key | None, set[str]] = defaultdict(set)
    for leftover in gathered.leftovers:
        if leftover.container.alive:
            orphans[leftover.owner].add(leftover.container.labels.get(labels.POD, ""))
    claims: dict[str, set[str]] = defaultdict(set)
    for _, claim in present_claims(gathered, situation.instance):
        claims[claim.namespace].add(claim.name)
    observed = situation.observed
    # The mark of the owner is made by the first look at an engine, before anything is remembered.
    volumes = any(each.name != situation.instance.owner_volume for each in observed.volumes)
    forgotten = situation.remembered.forgetful and bool(observed.containers or volumes or observed.network)

    def view_of(key: Key) -> WorkloadView:
        return WorkloadView(
            pod_index.members.get(key, ()),
            pod_index.names(key.namespace),
            situation.now,
            key in orphans,
            situation.remembered.records.get(key),
            standing.of(key),
            f"{situation.instance.name}/{situation.nonce}",
            forgotten,
            orphans=orphans.get(key, ()),
            claims=claims.get(key.namespace, ()),
            commit=situation.desired.commit,
            on_failure=situation.settings.on_failure,
            node=node,
            written=written.get(key),
        )

    derived = decide_cron_jobs(situation, view_of, pod_index.members, unknown, doors)
    workloads, decided = situation.desired.workloads, situation.memo.keep(_DECIDED, DecisionCache)
    decided.look(workloads.keys(), node, situation.now)

    def decide_one(workload: Workload) -> Decision:
        key, subject = workload.key, of_object(workload.key)
        if key in unknown:
            return unknown[key].leave(key, workload, pod_index.members.get(key, ()))
        return doors.go(
            Door.DECIDE,
            subject,
            lambda: decided.decide(workload, view_of(key), decide),
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
    decisions = (*own, *derived.decisions)
    return tuple(sorted(decisions, key=lambda decision: decision.workload)), derived


def _to_end(
    pod_index: PodIndex, decisions: Iterable[Decision], derived: Derived, situation: Situation
) -> Mapping[str, EndPod]:
    """By UID: what the controllers end, and pods whose workload Git does not name any more."""
    let_go = situation.desired.let_go
    unasked = (
        EndPod(state.pod, let_go or derived.dropped.get(owner, f"Git does not ask for {owner} any more"))
        for owner, states in pod_index.belonging()
        if not (owner in situation.desired.workloads or owner in derived.jobs or owner in derived.left_alone)
        for state in states
        if not state.pod.ending
    )
    decided = (end for decision in decisions for end in decision.end)
    return {end.pod.identity.uid: end for end in (*decided, *unasked)}


def _plan_present(
    draft: Draft,
    states: Sequence[PodState],
    ends: Mapping[str, EndPod],
    evictions: Mapping[str, Eviction],
    quiet: SteadyPods,
    situation: Situation,
    doors: Doors,
) -> None:
    def plan(state: PodState) -> None:
        end = ends.get(state.pod.identity.uid)
        if end:
            plan_end(draft, end.pod, situation, end.cause)
        elif state.pod.ending:
            plan_ending_pod(draft, state.pod, situation)
        elif state.pod.evicted:
            plan_evicted_pod(draft, state.pod, situation)
        elif state.pod.identity.uid in evictions:
            plan_eviction(draft, state, evictions[state.pod.identity.uid], situation)
        # Of one whose state nobody can tell nobody can tell what it lacks either.
        elif not doors.is_closed(Door.STATE, of_state(state)):
            quiet.plan(draft, state, situation, partial(plan_kept_pod, draft, state, situation))

    for state in states:
        uid = state.pod.identity.uid
        if uid in ends or state.pod.ending:
            draft.going.add(uid)
        leaves = uid in draft.going or state.pod.evicted or uid in evictions
        doors.go(Door.END if leaves else Door.KEEP, of_state(state), partial(plan, state), lambda _: None)


def _plan_comers(draft: Draft, places: Places, situation: Situation, ground: tuple[int, ...], doors: Doors) -> None:
    evicted, bearers = places.name_clash.evicted, dict(places.name_clash.bearers)
    for each in doors.each(Door.MAKE, places.pending, lambda coming: of_pending(coming.identity)):
        identity, refusal = each.identity, places.refused.get(each.identity.uid)
        predecessor = evicted.get(str(identity))
        if refusal is not None:
            draft.wait(str(identity), f"pod {identity}", refusal.reason, refusal.message)
        elif not is_admitted(draft, identity, predecessor, situation):
            continue
        elif (
            _has_its_name(draft, identity, bearers.get(str(identity)), situation)
            and _can_be_made(draft, identity)
            and has_claims(draft, identity, situation)
        ):
            cause = "it was evicted, and Git still asks for it" if predecessor else each.cause
            plan_tombstone_removal(draft, (predecessor,) if predecessor else (), "another pod takes its place")
            plan_new_pod(draft, identity, situation, cause=cause, after=ground)
            bearers[str(identity)] = identity


def _has_its_name(draft: Draft, identity: PodIdentity, bearer: PodIdentity | None, situation: Situation) -> bool:
    """Whether no pod of another workload bears it: a StatefulSet `a` and a bare pod `a-0` ask for the same."""
    if bearer is None:
        return True
    if bearer.owner in situation.desired.workloads:
        reason, message = "FailedCreate", f"the pod of {bearer.owner} has the same name; rename one of the two"
    else:
        reason, message = CREATING, f"the pod of {bearer.owner} that has the same name is not gone yet"
    draft.wait(str(identity), f"pod {identity}", reason, message)
    return False


def _can_be_made(draft: Draft, identity: PodIdentity) -> bool:
    subject = f"pod {identity}"
    if draft.held_back(sandbox_retry_key(identity), str(identity), subject, "FailedCreatePodSandBox"):
        return False
    refusal = refuse_hostname(identity)
    if refusal:
        draft.wait(str(identity), subject, "FailedCreatePodSandBox", refusal)
    return not refusal
