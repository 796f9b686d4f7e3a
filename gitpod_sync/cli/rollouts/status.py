"""`rollout status`: how far a rollout has come, in kubectl's words, until it is over."""

import time

import click

from gitpod_sync.cli.assembly import dry_run, load_in_force, open_observer
from gitpod_sync.cli.ordering import open_state
from gitpod_sync.cli.rollouts.messages import Rollable, tell_rollout
from gitpod_sync.configuration.config import Config
from gitpod_sync.controllers.decision import WorkloadStatus
from gitpod_sync.errors import GitpodSyncError, NotConverged
from gitpod_sync.model.base.meta import Key
from gitpod_sync.status.history import History

_LOOK_EVERY = 1.0


def watch_rollout(config: Config, key: Key, *, watch: bool, timeout: float) -> None:
    """Print how far it has come whenever that changes, until it is over. `timeout` is in seconds, 0 for none.

    What holds it is told as soon as it is held, for it may be waited for in vain.

    Raises `NotConverged` when it has failed, or is not over in time.
    """
    deadline = time.monotonic() + timeout if timeout else None
    told = held = ""
    with open_state(config) as history:
        while True:
            workload, status = _look(config, history, key)
            found = tell_rollout(workload, status)
            # When a failure has been undone all is there, but it is not what was to be rolled out.
            if found.line != told and not (found.over and status.failed):
                click.echo(found.line)
            told = found.line
            if status.failed and not status.recovering:
                raise NotConverged(f"{key}: {status.failed}")
            # A failure that is being undone is told when that is done.
            if status.held != held and not (status.failed and watch):
                held = status.held
                if held:
                    click.echo(f"{key}: {held}", err=True)
            if (found.over and not status.failed) or not watch:
                return
            if deadline is not None and time.monotonic() >= deadline:
                why = f": {held}" if held else ""
                raise NotConverged(f"{key}: timed out waiting for its rollout after {timeout:g} s{why}")
            time.sleep(_LOOK_EVERY)


def _look(config: Config, history: History, key: Key) -> tuple[Rollable, WorkloadStatus]:
    desired = load_in_force(config, history)
    workload = desired.workloads.get(key)
    with open_observer(config) as observer:
        _, plan = dry_run(config, observer, desired, history)
    for decision in plan.decisions:
        if decision.workload == key and isinstance(workload, Rollable):
            return workload, decision.status
    raise GitpodSyncError(f"the revision in force has no {key}", "look with `gitpod-sync get all -A`")
