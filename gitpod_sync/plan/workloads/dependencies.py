"""The order between workloads: who depends on others waits for them before its first pod of a version comes.

A version that has begun goes on, whatever happens to what it depended on: healing knows no order. Before that, pods of
the version before stay as they are, lost ones apart.
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from gitpod_sync.controllers.decision import Decision
from gitpod_sync.controllers.pod.pod_state import PodState
from gitpod_sync.controllers.versions import wanted_version
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.pods.hashing import template_hash
from gitpod_sync.model.records.job_records import JobRecord
from gitpod_sync.model.records.records import DeploymentRecord
from gitpod_sync.model.workloads.dependencies import dependencies_of
from gitpod_sync.plan.doors import Door, Doors, of_object
from gitpod_sync.plan.situation import ClusterSituation
from gitpod_sync.plan.subjects import object_subject
from gitpod_sync.plan.waiting import NO_NOTES, Notes, Waiting


def hold_back_dependents(
    decisions: Sequence[Decision], states: Sequence[PodState], situation: ClusterSituation, doors: Doors
) -> tuple[tuple[Decision, ...], Notes]:
    """The decisions, without what has to wait; and what it waits for."""
    by_key = {decision.workload: decision for decision in decisions}
    moving = [decision.workload for decision in decisions if decision.create or decision.end]
    missing = {
        workload: _missing(workload, by_key, situation) for workload in doors.each(Door.DECIDE, moving, of_object)
    }
    if not any(missing.values()):
        return tuple(decisions), NO_NOTES
    begun = {(state.pod.owner, state.pod.identity.template_hash) for state in states}
    lost = {state.pod.identity.uid for state in states if state.lost}

    waiting: list[Waiting] = []

    def hold_back(decision: Decision) -> Decision:
        awaited = missing.get(decision.workload, ())
        reasons = tuple(_why_waiting(decision, awaited, by_key, begun, situation)) if awaited else ()
        held = _without_beginning(decision, begun, lost) if reasons else decision
        waiting.extend(reasons)
        return held

    def look_at(decision: Decision) -> Decision:
        subject = of_object(decision.workload)
        return doors.go(Door.DECIDE, subject, lambda: hold_back(decision), lambda _: decision)

    held = tuple(map(look_at, decisions))
    return held, Notes(waiting=tuple(waiting))


def _why_waiting(
    decision: Decision,
    missing: Iterable[Key],
    decisions: Mapping[Key, Decision],
    begun: Container[tuple[Key, str]],
    situation: ClusterSituation,
) -> Iterator[Waiting]:
    """Nothing when the version that would begin has begun."""
    key = decision.workload
    workload = situation.desired.workloads[key]
    # The version that would begin: another one than Git's where a person or a rollback has said so.
    versions = {new.template_hash for new in decision.create} or {template_hash(wanted_version(workload))}
    if all((key, version) in begun for version in versions):
        return
    for each in missing:
        failed = decisions[each].status.failed if each in decisions else ""
        message = f"{each} has failed: {failed}" if failed else f"{each} is not complete yet"
        yield Waiting(object_subject(key), "DependencyNotReady", message)


def _missing(key: Key, decisions: Mapping[Key, Decision], situation: ClusterSituation) -> tuple[Key, ...]:
    """What it depends on and is not as Git asks: available in the version asked for, or for a Job, done."""
    workload = situation.desired.workloads.get(key)
    if workload is None:
        return ()  # CronJobs and their Jobs begin by the clock
    awaited = dependencies_of(workload.metadata.annotations, workload.key.namespace)
    return tuple(each for each in awaited if each not in decisions or not _is_reached(decisions[each]))


def _is_reached(decision: Decision) -> bool:
    """A suspended Job is as Git asks, and has not done its work all the same."""
    if isinstance(decision.record, JobRecord):
        return decision.record.has_succeeded
    return decision.status.complete


def _without_beginning(decision: Decision, begun: Container[tuple[Key, str]], lost: Container[str]) -> Decision:
    """What heals versions that have begun goes on: below a partition they come back beside a newer one."""
    record = decision.record
    if isinstance(record, JobRecord):
        record = replace(record, started_at=None)  # its time does not run while it waits
    elif isinstance(record, DeploymentRecord):
        record = None  # what was not begun is not remembered: no deadline runs while it waits
    return replace(
        decision,
        create=tuple(new for new in decision.create if (decision.workload, new.template_hash) in begun),
        end=tuple(end for end in decision.end if end.pod.identity.uid in lost),
        record=record,
        done=(),
    )
