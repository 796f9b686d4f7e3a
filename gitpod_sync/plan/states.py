"""How every pod is doing: those that are on the engine, those on their way there, and those that are remembered."""

from bisect import insort
from collections.abc import Iterator
from dataclasses import replace

from gitpod_sync.controllers.pod_state import PodState, compute_pod_state
from gitpod_sync.model.pods import Gathered, ObservedPod, place_of
from gitpod_sync.plan.adoption import adopt_orphans
from gitpod_sync.plan.disruptions import read_disrupted, with_disruption
from gitpod_sync.plan.loss import compute_loss
from gitpod_sync.plan.quiet import QuietPods
from gitpod_sync.plan.remembered import with_remembered
from gitpod_sync.plan.situation import Situation


def compute_states(gathered: Gathered, quiet: QuietPods, situation: Situation) -> tuple[PodState, ...]:
    """The states in the order of the plan. Those of `quiet` pods are as they were."""
    quiet.look(gathered.pods, situation)
    restless = quiet.restless()
    remembered = with_remembered((*restless, *_unseen(gathered, situation)), situation, quiet.knows)
    node, now = situation.observed.node, situation.now
    disrupted = read_disrupted(situation.since)
    replaced = frozenset(container for container, stop in situation.stops.items() if stop.replaces)

    def compute_state(found: ObservedPod) -> PodState:
        pod = with_disruption(_as_decided(found, situation), disrupted)
        lost = compute_loss(pod, situation.instance, node, now, situation.memo)
        return compute_pod_state(pod, situation.health, now, lost, replaced)

    computed = list(map(compute_state, adopt_orphans(remembered, situation.desired)))
    found = quiet.states(computed[: len(restless)])
    others = computed[len(restless) :]
    if not others:
        return found
    states = list(found)
    for state in others:
        insort(states, state, key=lambda each: place_of(each.pod))
    return tuple(states)


def _unseen(gathered: Gathered, situation: Situation) -> Iterator[ObservedPod]:
    """Pods whose first operations are under way."""
    seen = {pod.identity.uid for pod in gathered.pods} if situation.starting else ()
    return (ObservedPod(identity) for identity in situation.starting if identity.uid not in seen)


def _as_decided(pod: ObservedPod, situation: Situation) -> ObservedPod:
    """The pod with what earlier passes have decided of it."""
    return replace(pod, leaving=True) if pod.identity.uid in situation.leaving else pod
