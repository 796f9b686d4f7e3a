"""Decisions about workloads of which nothing is different since the last pass: they are taken as they were.

A controller is asked again when what it sees has changed, or the time has come that it named itself. What it needs for
new pods and new versions alone (names that are taken, the commit, what is fresh in every pass) does not count.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from gitpod_sync.controllers.decision import Decision
from gitpod_sync.controllers.pod_state import PodState
from gitpod_sync.controllers.view import WorkloadView
from gitpod_sync.model.memo import What
from gitpod_sync.model.meta import Key
from gitpod_sync.model.node import Node
from gitpod_sync.model.orders import Order
from gitpod_sync.model.records import Record
from gitpod_sync.model.workloads import Workload
from gitpod_sync.plan.situation import Situation

Decide = Callable[[Workload, WorkloadView], Decision]


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a decision goes by that comes to nothing. `node` is compared once for all."""

    workload: Workload
    pods: Sequence[PodState]
    orphaned: bool
    record: Record | None
    orders: Sequence[Order]
    forgotten: bool
    orphans: Collection[str]
    claims: Collection[str]
    written: Workload | None


@dataclass(slots=True)
class _Left:
    """What one pass leaves to the next."""

    now: float = 0.0
    node: Node | None = None
    decided: dict[Key, tuple[_Seen, Decision]] = field(default_factory=dict)


_LEFT: What[_Left] = What("decisions")


class Decided:
    """Decisions that the last pass has left, and those of this one that come to nothing."""

    def __init__(self, decide: Decide, node: Node, situation: Situation) -> None:
        self._decide = decide
        self._now = situation.now
        self._next: dict[Key, tuple[_Seen, Decision]] = {}
        left = situation.memo.keep(_LEFT, _Left)
        # After the clock was set back, times that were over may come again.
        same = left.node == node and left.now <= situation.now
        self._before = left.decided if same else {}
        left.now, left.node, left.decided = situation.now, node, self._next

    def decide(self, workload: Workload, view: WorkloadView) -> Decision:
        """What should come and go for it."""
        seen, key = _see(workload, view), workload.key
        found = self._before.get(key)
        if found is None or _is_due(found[1], self._now) or found[0] != seen:
            found = (seen, self._decide(workload, view))
        if _comes_to_nothing(found[1], view):
            self._next[key] = found
        return found[1]


def _see(workload: Workload, view: WorkloadView) -> _Seen:
    return _Seen(
        workload,
        view.pods,
        view.orphaned,
        view.record,
        view.orders,
        view.forgotten,
        view.orphans,
        view.claims,
        view.written,
    )


def _is_due(decision: Decision, now: float) -> bool:
    return decision.wake_at is not None and decision.wake_at <= now


def _comes_to_nothing(decision: Decision, view: WorkloadView) -> bool:
    done = decision.create or decision.end or decision.events or decision.served or decision.release
    return not done and decision.record == view.record
