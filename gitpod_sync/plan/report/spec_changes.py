"""How workloads differ from what was in force in what no pod shows: their strategies, limits, labels, and the like.

What makes their pods, and how many there are, is compared with the pods themselves; of Jobs and CronJobs all of it is
compared with what they were decided by.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial

from gitpod_sync.model.base.codec import Json, encode
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.workloads.jobs import Job
from gitpod_sync.model.workloads.workloads import Pod, Workload
from gitpod_sync.plan.report.field_changes import (
    ChangeKind,
    ObjectChange,
    compute_field_changes,
    told_apart,
)

_OF_PODS = {"template", "replicas"}


def compute_spec_changes(before: Mapping[Key, Workload], after: Mapping[Key, Workload]) -> Iterator[ObjectChange]:
    """Every workload that was in force and is not as it was, sorted by key."""
    for key in sorted(before.keys() & after.keys()):
        yield from told_apart(key, partial(_changes, before[key], after[key]))


def merge_changes(running: Iterable[ObjectChange], declared: Iterable[ObjectChange]) -> tuple[ObjectChange, ...]:
    """What differs from what runs, with what differs from what was in force: an object once, and a field of it once."""
    found = {(each.key, each.kind is ChangeKind.NOTE): each for each in running}
    for each in declared:
        place = (each.key, each.kind is ChangeKind.NOTE)
        known = found.setdefault(place, each)
        if known.kind is ChangeKind.UPDATE:
            paths = {field.path for field in known.fields}
            found[place] = replace(
                known, fields=(*known.fields, *(new for new in each.fields if new.path not in paths))
            )
    return tuple(found[place] for place in sorted(found))


def _changes(before: Workload, after: Workload) -> Iterator[ObjectChange]:
    if before == after or isinstance(after, Pod | Job):
        return
    fields = tuple(compute_field_changes(_declared(before), _declared(after), ""))
    if fields:
        yield ObjectChange(after.key, ChangeKind.UPDATE, fields)


def _declared(workload: Workload) -> Json:
    encoded = encode(workload)
    return {**encoded, "spec": {name: value for name, value in encoded["spec"].items() if name not in _OF_PODS}}
