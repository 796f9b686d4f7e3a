"""A bare pod: it is there, as written, or it is made again.

Kubernetes would not make a lost bare pod again; here Git still asks for it. Two pods of one name never overlap: the
old one is gone before the new one comes. One that has come to its end has done so for good, whatever is removed of it.
"""

from gitpod_sync.controllers.decision import Decision, EndPod, NewPod, WorkloadStatus
from gitpod_sync.controllers.pod.container_state import OOM_KILLED, ContainerState
from gitpod_sync.controllers.pod.pod_state import Phase, PodState
from gitpod_sync.controllers.view import WorkloadView
from gitpod_sync.model.base.labels import IMAGE_DIGESTS
from gitpod_sync.model.pods.hashing import template_hash
from gitpod_sync.model.pods.resizing import ResizeWait
from gitpod_sync.model.records.records import EndedContainer, PodRecord, Record
from gitpod_sync.model.workloads.workloads import Pod


def decide_pod(pod: Pod, view: WorkloadView) -> Decision:
    """Keep the one pod that is as written; end the others; make it when nothing is left, orphaned containers too."""
    wanted = template_hash(pod.template)
    living = [state for state in view.pods if not state.pod.ending]
    kept = next((state for state in living if not state.lost and _is_as_written(state, wanted)), None)
    end = tuple(EndPod(state.pod, _why_end(state, kept, pod, wanted)) for state in living if state is not kept)
    missing = NewPod(pod.metadata.name, pod.template, wanted, "Git asks for it and it is not there")
    create = () if view.pods or view.orphaned else (missing,)
    record = PodRecord() if create else _remember(kept, wanted, view.record)
    return Decision(
        workload=pod.key, status=_status(kept, overlapped=len(view.pods) > 1), create=create, end=end, record=record
    )


def _remember(kept: PodState | None, wanted: str, record: Record | None) -> Record | None:
    """The record of what is over of the pod, which is of the wanted version, or was resized to it.

    A new pod has no record before that: it would be written down for nothing.
    """
    if kept is None:
        return record
    identity = kept.pod.identity
    known = record if isinstance(record, PodRecord) and record.uid == identity.uid else PodRecord()
    ended = {each.name: _end_of(each) for each in (*kept.init, *kept.containers) if each.final}
    if not ended and not kept.outcome:
        return record
    return PodRecord(
        uid=identity.uid,
        template_hash=wanted,
        commit=identity.commit,
        created_at=kept.pod.created_at,
        ended={**known.ended, **ended},
        outcome=kept.outcome or "",
        reason=kept.reason,
    )


def _end_of(state: ContainerState) -> EndedContainer:
    oom_killed = state.end_reason == OOM_KILLED
    return EndedContainer(state.restarts, state.exit_code or 0, state.started_at, state.finished_at, oom_killed)


def _why_end(state: PodState, kept: PodState | None, pod: Pod, wanted: str) -> str:
    if state.lost:
        return state.lost
    if not _is_as_written(state, wanted):
        made_for = state.pod.identity.template.metadata.annotations.get(IMAGE_DIGESTS)
        moved = made_for != pod.metadata.annotations.get(IMAGE_DIGESTS)
        return "the tag of an image of it has moved" if moved else "Git asks for another version of it"
    return f"it is there twice; {kept.pod.identity.uid if kept else 'another'} stays"


def _is_as_written(state: PodState, wanted: str) -> bool:
    """Made from the template, or on its way there without being made anew."""
    return state.pod.resized is not None or state.pod.identity.template_hash == wanted


def _status(kept: PodState | None, *, overlapped: bool) -> WorkloadStatus:
    if kept is None:
        return WorkloadStatus(desired=1, current=0, updated=0, ready=0, available=0, complete=False)
    ready = int(kept.ready)
    done = kept.ready or kept.phase is Phase.SUCCEEDED
    failed = _why_failed(kept) if kept.phase is Phase.FAILED else ""
    pending = kept.pod.pending_resize
    if pending and pending.reason is ResizeWait.INFEASIBLE:
        failed = failed or f"its resize is {pending.reason}: {pending.message}"
    return WorkloadStatus(
        desired=1,
        current=1,
        updated=1,
        ready=ready,
        available=ready,
        complete=done and not overlapped and not pending,
        failed=failed,
    )


def _why_failed(state: PodState) -> str:
    if state.reason:
        return f"{state.reason}: it ran for longer than its activeDeadlineSeconds"
    return "a container failed and its restartPolicy asks for no further attempt"
