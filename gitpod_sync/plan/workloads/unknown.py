"""Workloads about which something could not be read: nothing is decided about them until it can.

Of a workload with a pod that nobody can read it is not known how many pods there are; one with an intervention that
nobody can read may have been told to stay as it is.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from gitpod_sync.controllers.decision import Decision
from gitpod_sync.controllers.left_alone import leave_alone
from gitpod_sync.controllers.pod.pod_state import PodState
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.engine.pods import Bearer
from gitpod_sync.model.workloads.workloads import Workload
from gitpod_sync.plan.doors import INTERNAL_ERROR, Door, Doors, of_bearer, of_object
from gitpod_sync.plan.pod_index import PodIndex
from gitpod_sync.plan.workloads.interventions import InForce


@dataclass(frozen=True, slots=True)
class Unknown:
    """Why nothing can be decided, and whether that was found just now."""

    message: str
    fresh: bool

    def leave(self, key: Key, workload: Workload | None, pods: Sequence[PodState] = ()) -> Decision:
        """The decision to leave it alone."""
        return leave_alone(key, workload, pods, INTERNAL_ERROR, self.message, fresh=self.fresh)


def compute_unknown(
    unresolved: Collection[Key], unread: Iterable[Bearer], pod_index: PodIndex, standing: InForce, doors: Doors
) -> Mapping[Key, Unknown]:
    """By workload; of those that are `unresolved` it is not known what is in force, `unread` pods cannot be read."""
    return {
        **{
            key: Unknown("what its template follows cannot be read", doors.is_fresh(Door.RESOLVE, of_object(key)))
            for key in unresolved
        },
        **{
            each.owner: Unknown(f"its pod {each} cannot be read", doors.is_fresh(Door.READ, of_bearer(each)))
            for each in unread
        },
        **{
            key: Unknown("its pods cannot be counted", doors.is_fresh(Door.COUNT, of_object(key)))
            for key in pod_index.uncounted
        },
        **{
            key: Unknown("what was ordered of it cannot be read", doors.is_fresh(Door.INTERVENTION, of_object(key)))
            for key in standing.unread
        },
    }
