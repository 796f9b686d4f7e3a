"""Decisions about workloads of which nothing is different since the last plan: they are taken as they were.

A controller is asked again when what it sees has changed, or the time has come that it named itself. What it needs for
new pods and new versions alone (names that are taken, the commit, what is fresh in every pass) does not count.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from gitpod_sync.controllers.decision import Decision
from gitpod_sync.controllers.pod.pod_state import PodState
from gitpod_sync.controllers.view import WorkloadView
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.engine.node import Node
from gitpod_sync.model.records.interventions import Intervention
from gitpod_sync.model.records.records import Record
from gitpod_sync.model.workloads.workloads import Workload

Decide = Callable[[Workload, WorkloadView], Decision]


NOT_COMPARED = frozenset({"taken", "now", "nonce", "commit", "on_failure", "node"})
"""Fields of a `WorkloadView`: what is the same for all workloads (`look` compares it, or the memo), and what is needed
for new pods and new versions alone."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a decision goes by that comes to nothing, but for the node and the time: they are the same for all."""

    workload: Workload
    """As it is in force."""
    pods: Sequence[PodState]
    """Its own, those being ended included."""
    orphaned: bool
    """Whether containers run on of a pod that has lost its sandbox."""
    record: Record | None
    """What an earlier decision wanted to be remembered."""
    interventions: Sequence[Intervention]
    """What people have told the daemon about it."""
    forgotten: bool
    """Whether what was remembered of the instance is lost."""
    orphans: Collection[str]
    """The names of the pods that left such containers."""
    claims: Collection[str]
    """Those of its namespace with a volume."""
    written: Workload | None
    """The workload as Git has it."""


class DecisionCache:
    """Kept from plan to plan; each begins with `look`."""

    def __init__(self) -> None:
        self._node: Node | None = None
        self._now = 0.0
        self._nothing: dict[Key, tuple[Seen, Decision]] = {}
        """Decisions that came to nothing."""

    def look(self, workloads: Collection[Key], node: Node, now: float) -> None:
        """Let go of what does not hold any more."""
        # After the clock was set back, times that were over may come again.
        if node != self._node or now < self._now:
            self._nothing.clear()
        self._node, self._now = node, now
        for key in [key for key in self._nothing if key not in workloads]:
            del self._nothing[key]

    def decide(self, workload: Workload, view: WorkloadView, decide: Decide) -> Decision:
        """What should come and go for it."""
        seen, key = _see(workload, view), workload.key
        before = self._nothing.get(key)
        if before and before[0] == seen and not _is_due(before[1], self._now):
            return before[1]
        decision = decide(workload, view)
        if _comes_to_nothing(decision, view):
            self._nothing[key] = (seen, decision)
        else:
            self._nothing.pop(key, None)
        return decision


def _see(workload: Workload, view: WorkloadView) -> Seen:
    return Seen(
        workload,
        view.pods,
        view.orphaned,
        view.record,
        view.interventions,
        view.forgotten,
        view.orphans,
        view.claims,
        view.written,
    )


def _is_due(decision: Decision, now: float) -> bool:
    return decision.wake_at is not None and decision.wake_at <= now


def _comes_to_nothing(decision: Decision, view: WorkloadView) -> bool:
    """Whether nothing has to be done or remembered, and no pod of it seems to be ready only from some time to come."""
    done = decision.create or decision.end or decision.events or decision.done or decision.release
    ahead = any(state.ready_since is not None and state.ready_since > view.now for state in view.pods)
    return not (done or ahead) and decision.record == view.record
