"""Resources: how the objects of each kind are found, and how they become a line, JSON or a text. Pure.

The table that `get` and `describe` go by. What a kind is called and whether it is shown stands in `model.kinds`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from gitpod_sync.model.base.codec import Json
from gitpod_sync.model.base.meta import Key, ObjectMeta
from gitpod_sync.model.records.event import RecordedEvent
from gitpod_sync.plan.published import Published
from gitpod_sync.resources.autoscaler_items import AutoscalerItem, list_autoscalers
from gitpod_sync.resources.autoscaler_objects import autoscaler_object
from gitpod_sync.resources.budgets import (
    BUDGET_COLUMNS,
    BudgetItem,
    budget_object,
    budget_row,
    describe_budget,
    list_budgets,
)
from gitpod_sync.resources.columns import (
    DAEMON_SET_COLUMNS,
    DEPLOYMENT_COLUMNS,
    POD_COLUMNS,
    POD_WIDE,
    REPLICAS_COLUMNS,
    STATEFUL_SET_COLUMNS,
    STATEFUL_SET_WIDE,
    WORKLOAD_WIDE,
    Cells,
    Row,
    pod_row,
    workload_row,
)
from gitpod_sync.resources.descriptions.autoscaler import describe_autoscaler
from gitpod_sync.resources.descriptions.job import describe_cron_job, describe_job, render_coming
from gitpod_sync.resources.descriptions.pod import describe_pod
from gitpod_sync.resources.descriptions.set import describe_set
from gitpod_sync.resources.descriptions.workload import describe_workload
from gitpod_sync.resources.items import PodItem, WorkloadItem, list_pods, list_workloads
from gitpod_sync.resources.job_items import CronJobItem, JobItem, list_cron_jobs, list_jobs
from gitpod_sync.resources.job_objects import cron_job_object, job_object
from gitpod_sync.resources.listed_autoscalers import AUTOSCALER_COLUMNS, autoscaler_row
from gitpod_sync.resources.listed_jobs import CRON_JOB_COLUMNS, JOB_COLUMNS, cron_job_row, job_row, render_duration
from gitpod_sync.resources.messages import OpenReader, with_messages
from gitpod_sync.resources.objects import pod_object, workload_object

Item = TypeVar("Item")
Events = Sequence[RecordedEvent]


def _as_they_are(items: Sequence[Item], _: OpenReader) -> Sequence[Item]:
    return items


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource(Generic[Item]):
    """A kind that is shown. An `Item` is one object of it with what the plan says about it."""

    items: Callable[[Published], Iterable[Item]]
    """All of the objects, by namespace and name."""
    metadata: Callable[[Item], ObjectMeta]
    """The object's namespace, name and labels."""
    columns: Cells
    """The headers of kubectl's columns."""
    wide: Cells = ()
    """The headers that `-o wide` adds."""
    row: Callable[[Item, float], Row]
    """The line, at a time in seconds since the epoch."""
    object: Callable[[Item], Json]
    """The object as Kubernetes has it."""
    describe: Callable[[Item, Events, float], str]
    """The object in full, with the events that are about it among those given, at a time."""
    with_details: Callable[[Sequence[Item], OpenReader], Sequence[Item]] = _as_they_are
    """The items with what is read off the engine only where objects are shown in full."""


def _about(key: Key, events: Events) -> Events:
    return [each for each in events if each.event.about == key]


def _about_pod(item: PodItem, events: Events) -> Events:
    """The events of this pod; before it has a UID, those of its name."""
    uids = {"", item.state.pod.identity.uid} if item.state else {""}
    key = Key("Pod", item.namespace, item.name)
    return [each for each in events if each.event.about == key and each.event.uid in uids]


def _pod_metadata(item: PodItem) -> ObjectMeta:
    return ObjectMeta(item.name, item.namespace, item.template.metadata.labels)


def _describe_pod(item: PodItem, events: Events, now: float) -> str:
    return describe_pod(pod_object(item), _about_pod(item, events), now)


def _describe_job(item: JobItem, events: Events, now: float) -> str:
    return describe_job(job_object(item), render_duration(item.record, now), _about(item.job.key, events), now)


def _describe_cron_job(item: CronJobItem, events: Events, now: float) -> str:
    return describe_cron_job(
        cron_job_object(item), render_coming(item.cron.spec, now), _about(item.cron.key, events), now
    )


def _describe_autoscaler(item: AutoscalerItem, events: Events, now: float) -> str:
    return describe_autoscaler(item, _about(item.autoscaler.key, events), now)


def _describe_budget(item: BudgetItem, events: Events, now: float) -> str:
    return describe_budget(item.held, _about(item.held.budget.key, events), now)


def _describe_workload(item: WorkloadItem, events: Events, now: float) -> str:
    return describe_workload(item, _about(item.workload.key, events), now)


def _describe_set(item: WorkloadItem, events: Events, now: float) -> str:
    return describe_set(item, _about(item.workload.key, events), now)


def _workload(
    kind: str,
    columns: Cells,
    wide: Cells = WORKLOAD_WIDE,
    describe: Callable[[WorkloadItem, Events, float], str] = _describe_workload,
) -> Resource[WorkloadItem]:
    return Resource(
        items=partial(list_workloads, kind=kind),
        metadata=lambda item: item.workload.metadata,
        columns=columns,
        wide=wide,
        row=workload_row,
        object=workload_object,
        describe=describe,
    )


RESOURCES: Mapping[str, Resource[Any]] = {
    "Pod": Resource(
        items=lambda published: list_pods(published.plan),
        metadata=_pod_metadata,
        columns=POD_COLUMNS,
        wide=POD_WIDE,
        row=pod_row,
        object=pod_object,
        describe=_describe_pod,
        with_details=with_messages,
    ),
    "ReplicationController": _workload("ReplicationController", REPLICAS_COLUMNS),
    "DaemonSet": _workload("DaemonSet", DAEMON_SET_COLUMNS, describe=_describe_set),
    "Deployment": _workload("Deployment", DEPLOYMENT_COLUMNS),
    "ReplicaSet": _workload("ReplicaSet", REPLICAS_COLUMNS),
    "CronJob": Resource(
        items=list_cron_jobs,
        metadata=lambda item: item.cron.metadata,
        columns=CRON_JOB_COLUMNS,
        wide=WORKLOAD_WIDE,
        row=cron_job_row,
        object=cron_job_object,
        describe=_describe_cron_job,
    ),
    "Job": Resource(
        items=list_jobs,
        metadata=lambda item: item.job.metadata,
        columns=JOB_COLUMNS,
        wide=WORKLOAD_WIDE,
        row=job_row,
        object=job_object,
        describe=_describe_job,
    ),
    "StatefulSet": _workload("StatefulSet", STATEFUL_SET_COLUMNS, STATEFUL_SET_WIDE, _describe_set),
    "HorizontalPodAutoscaler": Resource(
        items=lambda published: list_autoscalers(published.plan),
        metadata=lambda item: item.autoscaler.metadata,
        columns=AUTOSCALER_COLUMNS,
        row=autoscaler_row,
        object=autoscaler_object,
        describe=_describe_autoscaler,
    ),
    "PodDisruptionBudget": Resource(
        items=list_budgets,
        metadata=lambda item: item.held.budget.metadata,
        columns=BUDGET_COLUMNS,
        row=budget_row,
        object=lambda item: budget_object(item.held),
        describe=_describe_budget,
    ),
}
"""By kind, in the order of `get all`."""
