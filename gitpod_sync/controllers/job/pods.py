"""The pods of a Job, by what they are to it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gitpod_sync.controllers.job.template import index_of, job_uid_of
from gitpod_sync.controllers.pod.pod_state import Phase, PodState
from gitpod_sync.model.records.job_records import JobRecord


@dataclass(frozen=True, slots=True)
class JobPods:
    """`active` are at work or about to be, `ending` are being ended, `ended` came to their end and are not counted yet.

    `counted` ones are kept for their logs. `strangers` were made for an earlier Job of this name.
    """

    active: tuple[PodState, ...]
    ending: tuple[PodState, ...]
    ended: tuple[PodState, ...]
    counted: tuple[PodState, ...]
    strangers: tuple[PodState, ...]

    @property
    def lost(self) -> tuple[PodState, ...]:
        """Pods that failed because they were lost: parts of them may still run."""
        return tuple(state for state in (*self.ended, *self.counted) if state.lost)

    @property
    def spent(self) -> Iterator[PodState]:
        """Counted pods with containers that were removed by hand: nothing is left to keep, and nothing is run again."""
        return (state for state in self.counted if not has_ended(state))


def sort_pods(pods: Sequence[PodState], record: JobRecord) -> JobPods:
    """Sort pods into what they are to the Job; `ended` begins with the pod that ended first.

    A pod that is taken away by no fault of its own counts from then on, since nobody may see its end (Kubernetes: the
    Job controller, deleted pods); a pod that its Job ends does not count, however it ends (Kubernetes, "Jobs",
    suspending).
    """
    active, ending, ended, counted, strangers = [], [], [], [], []
    for state in pods:
        uid = state.pod.identity.uid
        if job_uid_of(state.pod.identity.template) != record.uid:
            strangers.append(state)
        elif state.pod.ending and (uid in record.counted or state.pod.disrupted is None):
            ending.append(state)
        elif uid in record.counted:
            counted.append(state)
        elif has_ended(state) or state.pod.ending:
            ended.append(state)
        else:
            active.append(state)
    ended.sort(key=lambda state: (ended_at(state), state.pod.identity.uid))
    return JobPods(tuple(active), tuple(ending), tuple(ended), tuple(counted), tuple(strangers))


def has_ended(state: PodState) -> bool:
    """Whether it has succeeded or failed; a pod that is lost has failed."""
    return state.phase in {Phase.SUCCEEDED, Phase.FAILED}


def ended_at(state: PodState) -> float:
    """When the pod's last container ended, in seconds since the epoch; for a pod that never ran, when it was made."""
    made = state.pod.sandbox.created_at if state.pod.sandbox else 0.0
    return max([made, *(each.finished_at or 0.0 for each in (*state.init, *state.containers))])


def index_of_pod(state: PodState) -> int | None:
    """The index that it works for."""
    return index_of(state.pod.identity.template)
