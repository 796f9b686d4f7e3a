"""Pods that come and pods that go while a Job is neither suspended nor at its end.

Source of the rules: Kubernetes, "Jobs", parallel execution, backoff limit per index, pod replacement policy, pod
backoff failure policy.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice, repeat

from gitpod_sync.controllers.crowds import ask_for
from gitpod_sync.controllers.decision import EndPod, NewPod
from gitpod_sync.controllers.job.counting import indexes_done, indexes_failed, succeeded
from gitpod_sync.controllers.job.pods import JobPods, index_of_pod
from gitpod_sync.controllers.job.template import compute_pod_template
from gitpod_sync.controllers.pod.pod_state import PodState
from gitpod_sync.controllers.shared.deletion_order import end_first
from gitpod_sync.controllers.shared.names import LONGEST_NAME, free_names
from gitpod_sync.controllers.view import WorkloadView
from gitpod_sync.model.pods.hashing import template_hash
from gitpod_sync.model.records.job_records import JobRecord
from gitpod_sync.model.workloads.jobs import Job, JobSpec

FIRST_DELAY = 10.0
LONGEST_DELAY = 600.0
_SUFFIX = 6


@dataclass(frozen=True, slots=True)
class Replacement:
    """Pods that come and go. `wanted` is how many should be active, `wake_at` when more may come."""

    wanted: int
    create: tuple[NewPod, ...] = ()
    end: tuple[EndPod, ...] = ()
    wake_at: float | None = None


def compute_replacement(job: Job, record: JobRecord, pods: JobPods, view: WorkloadView) -> Replacement:
    """One step towards the wanted number of active pods."""
    spec = job.spec
    wanted = compute_wanted(record, spec, len(pods.active))
    end = tuple(_surplus(record, spec, pods, wanted))
    holding = len(pods.ending) + len(pods.lost) if spec.replaces_only_failed else 0
    room = wanted - (len(pods.active) - len(end)) - holding
    # The containers of a lost pod, whose index nobody knows, are being ended, too.
    if room <= 0 or (spec.replaces_only_failed and view.orphaned):
        return Replacement(wanted, end=end)
    if spec.backoff_limit_per_index is None:
        due = (record.last_failure_at or 0.0) + pod_backoff(record.failures_in_row)
        if due > view.now:
            return Replacement(wanted, end=end, wake_at=due)
    if not spec.indexed:
        return Replacement(wanted, ask_for(_new_pods(job, record, repeat(None), view), room, view.node), end)
    going = {each.pod.identity.uid for each in end}
    staying = [state for state in pods.active if state.pod.identity.uid not in going]
    pending = _pending_indexes(record, spec, staying, pods, view.now)
    create = ask_for(_new_pods(job, record, pending.ready, view), min(room, pending.count), view.node)
    return Replacement(wanted, create, end, pending.wake_at)


def compute_wanted(record: JobRecord, spec: JobSpec, active: int) -> int:
    """The number of pods that should be active: after one success a work queue gets no further ones.

    5 completions, 3 at once, 4 done: 1. A queue of 3 at once with 2 active and one success: 2.
    """
    if spec.goal is None:
        return min(active, spec.width) if record.succeeded else spec.width
    left = spec.goal - succeeded(record, spec) - len(indexes_failed(record, spec))
    return max(0, min(spec.width, left))


def _surplus(record: JobRecord, spec: JobSpec, pods: JobPods, wanted: int) -> Iterator[EndPod]:
    """Pods that work for nothing, then surplus pods: those that have got least far go first."""
    staying: list[PodState] = []
    settled = indexes_done(record, spec) | indexes_failed(record, spec)
    taken: set[int] = set()
    for state in sorted(pods.active, key=end_first, reverse=True):
        index = index_of_pod(state)
        if not spec.indexed or index is None:
            staying.append(state)
        elif index in settled or index in taken or index >= (spec.goal or 0):
            yield EndPod(state.pod, f"no further pod is wanted for index {index}")
        else:
            taken.add(index)
            staying.append(state)
    for state in staying[wanted:]:
        yield EndPod(state.pod, f"there are more than {wanted} active pods")


@dataclass(frozen=True, slots=True)
class _Pending:
    """Indexes that may have a pod now: how many, and which, from the lowest. `wake_at`: when the next one may."""

    count: int
    ready: Iterator[int]
    wake_at: float | None


def _pending_indexes(
    record: JobRecord, spec: JobSpec, staying: Collection[PodState], pods: JobPods, now: float
) -> _Pending:
    holding = (*staying, *((*pods.ending, *pods.lost) if spec.replaces_only_failed else ()))
    settled = indexes_done(record, spec) | indexes_failed(record, spec)
    indexes = range(spec.goal or 0)
    held = settled.union(index for state in holding if (index := index_of_pod(state)) is not None and index in indexes)
    waits: dict[int, float] = {}
    for name, known in record.failures.items():
        index, due = int(name), known.at + pod_backoff(known.count + known.ignored)
        if due > now and index in indexes and index not in held:
            waits[index] = due
    ready = (index for index in indexes if index not in held and index not in waits)
    return _Pending(len(indexes) - len(held) - len(waits), ready, min(waits.values(), default=None))


def _new_pods(job: Job, record: JobRecord, indexes: Iterable[int | None], view: WorkloadView) -> Iterator[NewPod]:
    name, spec, taken = job.metadata.name, job.spec, set(view.taken)
    hashed = template_hash(spec.template)
    done = succeeded(record, spec)
    of = f" of {spec.goal}" if spec.goal is not None else ""
    for index in indexes:
        tail = "" if index is None else f"-{index}"
        stem = f"{name[: LONGEST_NAME - _SUFFIX - len(tail)]}{tail}"
        (free,) = islice(free_names(stem, taken), 1)
        taken.add(free)
        cause = f"{done}{of} have succeeded" if index is None else f"index {index} has not succeeded yet"
        yield NewPod(free, compute_pod_template(job, record.uid, index), hashed, cause)


def pod_backoff(failures_in_row: int) -> float:
    """Seconds between the last failure and the next pod: 0, 10, 20, 40, 80, 160, 320, 600, 600 … for 0, 1, 2 ….

    10 s after the first failure, then twice as long after each that follows without a success between them.
    """
    if failures_in_row == 0:
        return 0.0
    # 2 ** 6 * 10 s is past the cap already; the bound keeps the power small.
    return min(FIRST_DELAY * 2.0 ** min(failures_in_row - 1, 6), LONGEST_DELAY)
