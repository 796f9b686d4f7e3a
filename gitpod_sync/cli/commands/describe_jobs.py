"""`describe job …` and `describe cronjob …`: which are meant, and their texts."""

import time
from collections.abc import Mapping, Sequence

import click

from gitpod_sync.cli.assembly import dry_run, load_in_force, open_observer, read_history
from gitpod_sync.configuration.config import Config
from gitpod_sync.errors import GitpodSyncError
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.records.event import RecordedEvent
from gitpod_sync.model.workloads.local_time import is_known_zone, render_rfc3339
from gitpod_sync.model.workloads.schedule import next_time
from gitpod_sync.resources.described_container import render_time
from gitpod_sync.resources.described_job import describe_cron_job, describe_job
from gitpod_sync.resources.job_objects import cron_job_object, job_object
from gitpod_sync.resources.listed_jobs import CronJobItem, JobItem, list_cron_jobs, list_jobs, render_duration

KINDS = {
    "job": "Job",
    "jobs": "Job",
    "cronjob": "CronJob",
    "cronjobs": "CronJob",
    "cj": "CronJob",
}


def show_jobs(config: Config, kind: str, names: Sequence[str], namespace: str, *, with_events: bool) -> None:
    """Print those named, or all of the namespace. Raises `GitpodSyncError` for one that is not there."""
    with read_history(config) as history, open_observer(config) as observer:
        desired = load_in_force(config, history)
        _, plan = dry_run(config, observer, desired, history)
        events = history.events(namespace) if with_events else ()
    now = time.time()
    texts: dict[Key, str] = {}
    if kind == "Job":
        texts = {item.job.key: _job(item, events, now) for item in list_jobs(plan, desired)}
    else:
        texts = {item.cron.key: _cron_job(item, events, now) for item in list_cron_jobs(plan, desired)}
    print_described(texts, kind, names, namespace)


def print_described(texts: Mapping[Key, str], kind: str, names: Sequence[str], namespace: str) -> None:
    """Those named, or all of the namespace. Raises `GitpodSyncError` for one that is not there."""
    here = {key.name: text for key, text in texts.items() if key.namespace == namespace}
    missing = sorted(set(names) - here.keys())
    if missing:
        message = f"there is no {kind.lower()} {', '.join(missing)} in namespace {namespace}"
        raise GitpodSyncError(message, f"look with `gitpod-sync get {kind.lower()}s -A`")
    if not here:
        click.echo(f"No resources found in {namespace} namespace.", err=True)
        return
    click.echo("\n\n\n".join(here[name] for name in (names or here)))


def _job(item: JobItem, events: Sequence[RecordedEvent], now: float) -> str:
    return describe_job(job_object(item), render_duration(item.record, now), _about(item.job.key, events), now)


def _cron_job(item: CronJobItem, events: Sequence[RecordedEvent], now: float) -> str:
    return describe_cron_job(cron_job_object(item), _coming(item, now), _about(item.cron.key, events), now)


def _coming(item: CronJobItem, now: float) -> str:
    spec = item.cron.spec
    if spec.suspend:
        return "none while it is suspended"
    if not is_known_zone(spec.zone):
        return f"none: this machine knows no time zone {spec.zone}"
    at = next_time(spec.schedule, spec.zone, now)
    return "never" if at is None else render_time(render_rfc3339(at, spec.zone))


def _about(key: Key, events: Sequence[RecordedEvent]) -> list[RecordedEvent]:
    return [each for each in events if each.event.about == key]
