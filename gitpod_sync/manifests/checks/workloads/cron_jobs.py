"""CronJobs: when, and what (Kubernetes: batch/v1 validation, CronJobSpec)."""

from collections.abc import Iterator, Mapping

from gitpod_sync.manifests.checks.workloads.jobs import check_job_spec
from gitpod_sync.manifests.checks.workloads.schedules import fault_of_schedule, fault_of_time_zone, never_comes
from gitpod_sync.manifests.codes import Severity
from gitpod_sync.manifests.diagnostics.findings import Finding
from gitpod_sync.manifests.schema.templates import template_of
from gitpod_sync.manifests.yaml.documents import Json
from gitpod_sync.model.workloads.cron_fields import seconds_of_every

_LONGEST_NAME = 52
"""A Job's name may have 63 characters, of which the time of the run takes 11."""
_SHORTEST_DEADLINE = 10
_MINUTE = 60


def check_cron_job(value: Mapping[str, Json]) -> Iterator[Finding]:
    """Findings on a CronJob and on the Jobs it makes."""
    name, spec = value["metadata"]["name"], value["spec"]
    if len(name) > _LONGEST_NAME:
        message = f"`{name}` has {len(name)} characters, and the names of its Jobs would be too long"
        yield Finding("too-long", ("metadata", "name"), message, f"use at most {_LONGEST_NAME}")
    yield from _check_time(spec)
    jobs, path = spec["jobTemplate"]["spec"], ("spec", "jobTemplate", "spec")
    for field, is_given in (("selector", "selector" in jobs), ("manualSelector", jobs.get("manualSelector"))):
        if is_given:
            message = f"the Jobs of a CronJob make their own selectors, without `{field}`"
            yield Finding("wrong-combination", (*path, field), message, "take it out", on_key=True)
    template = template_of("CronJob", value)
    if template is not None:
        yield from check_job_spec(jobs, path, template)


def _check_time(spec: Mapping[str, Json]) -> Iterator[Finding]:
    schedule: str = spec["schedule"]
    path = ("spec", "schedule")
    fault = fault_of_schedule(schedule)
    if fault is not None:
        yield Finding("wrong-schedule", path, fault.message, fault.hint)
    elif never_comes(schedule):
        message = "no month that the schedule names has such a day: it never comes"
        yield Finding("wrong-schedule", path, message, "correct the day or the month", Severity.WARNING)
    elif 0 < (seconds_of_every(schedule) or 0) < _MINUTE:
        message = "its Jobs are named by their minute, so at most one a minute is made"
        yield Finding("wrong-schedule", path, message, "write `@every 1m` or more", Severity.WARNING)
    zone = spec.get("timeZone")
    fault = None if zone is None else fault_of_time_zone(zone)
    if fault is not None:
        yield Finding("wrong-time-zone", ("spec", "timeZone"), fault.message, fault.hint)
    deadline = spec.get("startingDeadlineSeconds", _SHORTEST_DEADLINE)
    if deadline < _SHORTEST_DEADLINE:
        message = (
            f"with a startingDeadlineSeconds of {deadline} a run may be missed, because times are looked at every 10 s"
        )
        hint = f"write {_SHORTEST_DEADLINE} or more"
        yield Finding("short-deadline", ("spec", "startingDeadlineSeconds"), message, hint, Severity.WARNING)
