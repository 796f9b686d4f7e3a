"""`gitpod-sync create job`: a run of a CronJob out of its time."""

import re
import time

import click

from gitpod_sync.cli.assembly import load_in_force
from gitpod_sync.cli.options import common_options, flags_of
from gitpod_sync.cli.ordering import open_state, tell_when_nobody_listens
from gitpod_sync.configuration.config import load_config
from gitpod_sync.errors import GitpodSyncError
from gitpod_sync.model.base.meta import DEFAULT_NAMESPACE, Key
from gitpod_sync.model.kinds import KINDS, kind_named
from gitpod_sync.model.records.interventions import Intervention, Verb
from gitpod_sync.model.records.job_records import CronJobRecord

_NAME = re.compile(r"(?!.{64})[a-z0-9]([-a-z0-9]*[a-z0-9])?")


@click.group()
def command() -> None:
    """Make what Git does not name: a Job of a CronJob, now."""


@command.command()
@click.argument("name")
@click.option("--from", "origin", required=True, metavar="cronjob/NAME", help="The CronJob whose Job is run.")
@click.option("--namespace", "-n", default=DEFAULT_NAMESPACE, show_default=True)
@common_options
@click.pass_context
def job(context: click.Context, name: str, origin: str, namespace: str) -> None:
    """Have the daemon run the Job of a CronJob once, outside its schedule, under NAME."""
    kind, _, cron = origin.partition("/")
    if kind_named(kind) is not KINDS["CronJob"] or not cron:
        raise click.UsageError(f"{origin!r} names no CronJob; write it like cronjob/nightly")
    if not _NAME.fullmatch(name):
        raise click.UsageError(f"{name!r} is not a valid name of a Job: use at most 63 small letters, digits and '-'")
    config = load_config(flags_of(context))
    key = Key("CronJob", namespace, cron)
    with open_state(config) as history:
        desired = load_in_force(config, history)
        if key not in desired.cron_jobs:
            raise GitpodSyncError(f"Git asks for no {key}", "look with `gitpod-sync get cronjobs -A`")
        record = history.records().get(key)
        own = {each.name for each in record.jobs} if isinstance(record, CronJobRecord) else set()
        if name in own or Key("Job", namespace, name) in desired.workloads:
            raise GitpodSyncError(f"there is a Job {name} in namespace {namespace} already", "give another name")
        history.give_intervention(Intervention(key, Verb.RUN, name, time.time()))
    tell_when_nobody_listens(config)
    click.echo(f"job.batch/{name} ordered")
