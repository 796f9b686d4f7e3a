"""How every pod is doing: those that are on the engine, those on their way there, and those that are remembered."""

from bisect import insort
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from gitpod_sync.controllers.pod.pod_state import Phase, PodState, compute_pod_state
from gitpod_sync.model.engine.pods import Gathered, ObservedPod, place_of
from gitpod_sync.plan.doors import Door, Doors, of_pod
from gitpod_sync.plan.incremental.steady_pods import SteadyPods
from gitpod_sync.plan.pods.sandbox_loss import compute_loss
from gitpod_sync.plan.situation import NodeSituation
from gitpod_sync.plan.states.adoption import Adoption
from gitpod_sync.plan.states.disruptions import read_disrupted, with_disruption
from gitpod_sync.plan.states.finished_pods import pods_gone_altogether, with_remembered


def compute_states(
    gathered: Gathered, quiet: SteadyPods, situation: NodeSituation, doors: Doors
) -> tuple[PodState, ...]:
    """The states in the order of the plan. Those of `quiet` pods are as they were."""
    quiet.look(gathered.pods, situation)
    restless = quiet.restless()
    pods = (*restless, *_unseen(gathered, situation))
    owners = {pod.identity.owner for pod in pods} | {bearer.owner for bearer in gathered.unread}
    gone = pods_gone_altogether(owners, situation, quiet.knows)
    adoption = Adoption(situation.desired)
    now = situation.now
    disrupted = read_disrupted(situation.remembered.since)
    replaced = frozenset(container for container, stop in situation.remembered.stops.items() if stop.replaces)

    def compute_state(found: ObservedPod) -> PodState:
        adopted = adoption.adopt(with_remembered(found, situation))
        pod = with_disruption(_as_decided(adopted, situation), disrupted)
        lost = compute_loss(pod, situation.instance, now, situation.memo)
        return compute_pod_state(pod, situation.remembered.health, now, lost, replaced)

    def state_of(found: ObservedPod) -> PodState:
        # Of one whose state nobody can tell it is known that it is there: it is not ready, and no other is made for it.
        task, unknown = partial(compute_state, found), PodState(pod=found, phase=Phase.RUNNING, containers=())
        return doors.go(Door.STATE, of_pod(found.identity), task, lambda _: unknown)

    computed = [state_of(pod) for pod in (*pods, *gone)]
    found = quiet.states(computed[: len(restless)])
    others = computed[len(restless) :]
    if not others:
        return found
    states = list(found)
    for state in others:
        insort(states, state, key=lambda each: place_of(each.pod))
    return tuple(states)


def _unseen(gathered: Gathered, situation: NodeSituation) -> Iterator[ObservedPod]:
    """Pods whose first operations are under way."""
    seen = {pod.identity.uid for pod in gathered.pods} if situation.under_way.starting else ()
    return (ObservedPod(identity) for identity in situation.under_way.starting if identity.uid not in seen)


def _as_decided(pod: ObservedPod, situation: NodeSituation) -> ObservedPod:
    """The pod with what earlier passes have decided of it."""
    return replace(pod, leaving=True) if pod.identity.uid in situation.under_way.leaving else pod
