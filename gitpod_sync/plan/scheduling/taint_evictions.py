"""Pods that do not tolerate a NoExecute taint of their node: they go, at once or when their patience is over.

Source of the rules: Kubernetes, "Taints and Tolerations", taint based evictions: `tolerationSeconds` count from when
the taint was there, and for a pod that came later from when it came.
"""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from gitpod_sync.controllers.decision import EndPod
from gitpod_sync.controllers.pod.pod_state import PodState, is_over
from gitpod_sync.model.engine.node import Node
from gitpod_sync.model.records.disruption import DisruptionReason
from gitpod_sync.model.scheduling.taints import Taint, TaintEffect, patience_with
from gitpod_sync.plan.doors import Door, Doors, of_state
from gitpod_sync.plan.situation import ClusterSituation
from gitpod_sync.plan.steps import Disruption

_LASTING = "taint/"


@dataclass(frozen=True, slots=True)
class TaintEvictions:
    """By UID. `lasting` names the taints, whose beginnings are remembered; `wake_at` is when the next pod goes."""

    ends: dict[str, EndPod] = field(default_factory=dict)
    lasting: frozenset[str] = frozenset()
    wake_at: float | None = None

    @property
    def disruptions(self) -> Mapping[str, Disruption]:
        """What is told of them."""
        return {
            uid: Disruption(
                "TaintManagerEviction",
                f"Marking for deletion Pod {end.pod.identity}: {end.cause}",
                DisruptionReason.TAINT,
            )
            for uid, end in self.ends.items()
        }


def compute_taint_evictions(
    states: Iterable[PodState], ends: Container[str], node: Node, situation: ClusterSituation, doors: Doors
) -> TaintEvictions:
    """Who has to go now, of those that are not in `ends` by UID; nothing is looked at while there is no such taint."""
    since = {
        taint: situation.remembered.since.get(f"{_LASTING}{taint}", situation.now)
        for taint in node.taints
        if taint.effect is TaintEffect.NO_EXECUTE
    }
    if not since:
        return TaintEvictions()
    found: dict[str, EndPod] = {}
    times = []
    for state in doors.each(Door.LOOK, states, of_state):
        uid = state.pod.identity.uid
        if state.pod.ending or state.pod.evicted or uid in ends or is_over(state):
            continue
        deadline = min(_deadlines(state, since), default=None)
        if deadline is None:
            continue
        at, taint = deadline
        if at <= situation.now:
            found[uid] = EndPod(state.pod, f"it does not tolerate the node's taint {taint}")
        else:
            times.append(at)
    return TaintEvictions(found, frozenset(f"{_LASTING}{taint}" for taint in since), min(times, default=None))


def _deadlines(state: PodState, since: dict[Taint, float]) -> Iterator[tuple[float, Taint]]:
    made = state.pod.created_at or 0.0
    for taint, began in since.items():
        patience = patience_with(taint, state.pod.identity.template.spec.tolerations)
        if patience is not None:
            yield max(began, made) + patience, taint
