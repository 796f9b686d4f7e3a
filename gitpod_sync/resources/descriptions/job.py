"""A batch/v1 Job or CronJob and what happened to it as kubectl describes them. Pure; it reads the JSON."""

from collections.abc import Iterator, Mapping, Sequence

from gitpod_sync.model.base.codec import Json
from gitpod_sync.model.records.event import RecordedEvent
from gitpod_sync.model.workloads.jobs import CronJobSpec
from gitpod_sync.model.workloads.local_time import is_known_zone, render_rfc3339
from gitpod_sync.model.workloads.schedule import next_time
from gitpod_sync.resources.descriptions.container import render_time
from gitpod_sync.resources.descriptions.pod import describe_events
from gitpod_sync.resources.tables import render_lines

_WIDTH = 31


def describe_job(job: Json, duration: str, events: Sequence[RecordedEvent], now: float) -> str:
    """The whole text. `duration` is how long it took or has taken."""
    spec, status = job["spec"], job["status"]
    selector = (spec.get("selector") or {}).get("matchLabels", {})
    lines = [
        *_head(job),
        _field("Selector", ",".join(f"{key}={value}" for key, value in sorted(selector.items())) or "<unset>"),
        *(f"Controlled By:  {each['kind']}/{each['name']}" for each in job["metadata"].get("ownerReferences", ())),
        *_job_spec(spec),
        _field("Start Time", render_time(status["startTime"]) if "startTime" in status else "<unset>"),
    ]
    if "completionTime" in status:
        lines.append(_field("Completed At", render_time(status["completionTime"])))
    lines += [
        *([_field("Duration", duration)] if duration else []),
        _field(
            "Pods Statuses",
            f"{status['active']} Active ({status['ready']} Ready) / {status['succeeded']} Succeeded / "
            f"{status['failed']} Failed",
        ),
    ]
    for name, key in (("Completed Indexes", "completedIndexes"), ("Failed Indexes", "failedIndexes")):
        if key in status:
            lines.append(_field(name, status[key] or "<none>"))
    for each in status["conditions"]:
        lines.append(_field(f"{each['type']} {each['status']}", f"{each['reason']}: {each['message']}"))
    return render_lines((*lines, *_template(spec), *describe_events(events, now)))


def describe_cron_job(cron: Json, coming: str, events: Sequence[RecordedEvent], now: float) -> str:
    """The whole text. `coming` says when the next run is."""
    spec, status = cron["spec"], cron["status"]
    jobs = spec["jobTemplate"]["spec"]
    deadline = spec.get("startingDeadlineSeconds")
    active = ", ".join(each["name"] for each in status.get("active", ()))
    last = status.get("lastScheduleTime")
    lines = [
        *_head(cron),
        _field("Schedule", spec["schedule"]),
        _field("Time Zone", spec.get("timeZone", "UTC (none is given)")),
        _field("Concurrency Policy", spec.get("concurrencyPolicy", "Allow")),
        _field("Suspend", str(spec.get("suspend", False))),
        _field("Successful Job History Limit", str(spec.get("successfulJobsHistoryLimit", 3))),
        _field("Failed Job History Limit", str(spec.get("failedJobsHistoryLimit", 1))),
        _field("Starting Deadline Seconds", "<unset>" if deadline is None else f"{deadline}s"),
        *_job_spec(jobs),
        _field("Last Schedule Time", render_time(last) if last else "<unset>"),
        _field("Next Schedule Time", coming),
        _field("Active Jobs", active or "<none>"),
    ]
    return render_lines((*lines, *_template(jobs), *describe_events(events, now)))


def render_coming(spec: CronJobSpec, now: float) -> str:
    """When the next run after `now` is, or why there will be none."""
    if spec.suspend:
        return "none while it is suspended"
    if not is_known_zone(spec.zone):
        return f"none: this machine knows no time zone {spec.zone}"
    at = next_time(spec.schedule, spec.zone, now)
    return "never" if at is None else render_time(render_rfc3339(at, spec.zone))


def _head(value: Json) -> Iterator[str]:
    metadata = value["metadata"]
    yield _field("Name", metadata["name"])
    yield _field("Namespace", metadata["namespace"])
    yield from _mapping("Labels", metadata.get("labels"))
    yield from _mapping("Annotations", metadata.get("annotations"))


def _job_spec(spec: Json) -> Iterator[str]:
    yield _field("Parallelism", str(spec.get("parallelism", 1)))
    given = spec.get("completions", "<unset>" if "parallelism" in spec else 1)
    yield _field("Completions", str(given))
    for name, key, default in (
        ("Completion Mode", "completionMode", "NonIndexed"),
        ("Suspend", "suspend", False),
        ("Backoff Limit", "backoffLimit", 6 if "backoffLimitPerIndex" not in spec else "<unset>"),
        ("Backoff Limit Per Index", "backoffLimitPerIndex", None),
        ("Max Failed Indexes", "maxFailedIndexes", None),
        ("Active Deadline Seconds", "activeDeadlineSeconds", None),
        ("TTL Seconds After Finished", "ttlSecondsAfterFinished", None),
        ("Pod Replacement Policy", "podReplacementPolicy", None),
    ):
        value = spec.get(key, default)
        if value is not None:
            yield _field(name, str(value).lower() if isinstance(value, bool) else str(value))


def _template(spec: Json) -> Iterator[str]:
    template = spec["template"]
    yield "Pod Template:"
    labels = template.get("metadata", {}).get("labels", {})
    written = ",".join(f"{key}={value}" for key, value in sorted(labels.items()))
    yield f"  {'Labels:':<{_WIDTH - 2}}{written or '<none>'}"
    for title, key in (("Init Containers", "initContainers"), ("Containers", "containers")):
        for each in template["spec"].get(key, ()):
            words = " ".join((*each.get("command", ()), *each.get("args", ())))
            yield f"  {title[:-1] + ' ' + each['name'] + ':':<{_WIDTH - 2}}{each['image']}  {words}".rstrip()


def _field(name: str, value: str) -> str:
    return f"{name + ':':<{_WIDTH}}{value}".rstrip()


def _mapping(name: str, found: Mapping[str, str] | None) -> Iterator[str]:
    if not found:
        yield _field(name, "<none>")
    for number, (key, value) in enumerate(sorted((found or {}).items())):
        yield f"{name + ':' if number == 0 else '':<{_WIDTH}}{key}={value}"
