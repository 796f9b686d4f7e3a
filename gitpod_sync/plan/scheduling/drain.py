"""The node is drained: which of its pods go now, and which have to wait for what was promised about them.

Source of the rules: Kubernetes, "Safely Drain a Node", and kubectl's drain. Pods of DaemonSets stay, since the node has
them for as long as it is there, and so do pods that have come to their end: nothing of them runs, and their logs would
be lost for nothing. All that may go goes at once, each with its grace period; the least important are asked first.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from gitpod_sync.controllers.decision import EndPod
from gitpod_sync.controllers.pod.pod_state import PodState, is_over
from gitpod_sync.model.kinds import Role, has_role
from gitpod_sync.model.records.cordon import Cordon
from gitpod_sync.model.records.disruption import DisruptionReason
from gitpod_sync.plan.backlog import Backlog
from gitpod_sync.plan.doors import Door, Doors, of_state
from gitpod_sync.plan.scheduling.budgets import Ledger
from gitpod_sync.plan.steps import Disruption
from gitpod_sync.plan.subjects import pod_subject
from gitpod_sync.plan.waiting import NO_NOTES, Notes, Waiting, earliest

EVICTION_BLOCKED = "EvictionBlocked"
_CAUSE = "the node is drained"


@dataclass(frozen=True, slots=True)
class Drain:
    """By UID: the pods that go now, and what is told of them; and why others do not go."""

    ends: Mapping[str, EndPod] = field(default_factory=dict)
    notes: Notes = NO_NOTES

    @property
    def disruptions(self) -> dict[str, Disruption]:
        """What is told of them."""
        told = Disruption(DisruptionReason.EVICTION.value, f"Evicted: {_CAUSE}", DisruptionReason.EVICTION)
        return dict.fromkeys(self.ends, told)


def compute_drain(
    states: Iterable[PodState], going: Collection[str], cordon: Cordon, ledger: Ledger, backlog: Backlog, doors: Doors
) -> Drain:
    """Who goes now, of those that are not `going` (by UID) for another reason."""
    if not cordon.drained:
        return Drain()
    waiting = [
        state
        for state in find_residents(doors.each(Door.LOOK, states, of_state))
        if not (state.pod.ending or state.outcome or state.pod.evicted or state.pod.identity.uid in going)
    ]
    order = {state.pod.identity.uid: _order(state, ledger) for state in doors.each(Door.LOOK, waiting, of_state)}
    ranked = sorted(waiting, key=lambda state: order[state.pod.identity.uid])
    ends: dict[str, EndPod] = {}
    blocked: list[Waiting] = []
    times: list[float | None] = []
    for state in doors.each(Door.LOOK, ranked, of_state):
        identity = state.pod.identity
        # What is under way with it comes first: a place in the budget would be taken for nothing.
        if backlog.is_busy(identity.uid):
            times.append(backlog.free_at(identity.uid))
            continue
        refusal = ledger.refusal(state) if cordon.heeds_budgets else ""
        if refusal:
            blocked.append(Waiting(pod_subject(identity), EVICTION_BLOCKED, refusal))
            continue
        ledger.take(state)
        ends[identity.uid] = EndPod(state.pod, _CAUSE)
    return Drain(ends, Notes(waiting=tuple(blocked), wake_at=earliest(*times)))


def find_residents(states: Iterable[PodState]) -> Sequence[PodState]:
    """The pods that a drained node is to be rid of, those on their way out included."""
    return [
        state
        for state in states
        if not has_role(state.pod.identity.owner.kind, Role.DAEMON) and not state.pod.vacated and not is_over(state)
    ]


def _order(state: PodState, ledger: Ledger) -> tuple[bool, int, str, str]:
    """Who needs no leave of a budget first: what they had would be taken from others; then the least important."""
    identity = state.pod.identity
    return (ledger.needs_leave(state), identity.priority, str(identity), identity.uid)
