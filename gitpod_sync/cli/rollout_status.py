"""`rollout status`: how far a rollout has come, in kubectl's words, until it is over."""

import time

import click

from gitpod_sync.cli.assembly import dry_run, load_in_force, open_observer
from gitpod_sync.cli.config import Config
from gitpod_sync.cli.ordering import open_state
from gitpod_sync.controllers.decision import WorkloadStatus
from gitpod_sync.errors import GitpodSyncError, NotConverged
from gitpod_sync.model.meta import Key
from gitpod_sync.status.history import History

_LOOK_EVERY = 1.0


def watch_rollout(config: Config, key: Key, *, watch: bool, timeout: float) -> None:
    """Print how far it has come whenever that changes, until it is over. `timeout` is in seconds, 0 for none.

    Raises `NotConverged` when it has failed, or is not over in time.
    """
    deadline = time.monotonic() + timeout if timeout else None
    told = ""
    with open_state(config) as history:
        while True:
            status = _look(config, history, key)
            line = compute_line(key, status)
            if line != told:
                click.echo(line)
            told = line
            if status.failed and not status.recovering:
                raise NotConverged(f"{key}: {status.failed}")
            if is_over(status) or not watch:
                if status.held:
                    click.echo(f"{key}: {status.held}", err=True)
                return
            if deadline is not None and time.monotonic() >= deadline:
                raise NotConverged(f"{key}: timed out waiting for its rollout after {timeout:g} s")
            time.sleep(_LOOK_EVERY)


def compute_line(key: Key, status: WorkloadStatus) -> str:
    """What kubectl says of it."""
    kind = key.kind.lower()
    waiting = f'Waiting for {kind} "{key.name}" rollout to finish:'
    if is_over(status):
        return f'{kind} "{key.name}" successfully rolled out'
    if status.updated < status.desired:
        return f"{waiting} {status.updated} out of {status.desired} new replicas have been updated..."
    if status.current > status.updated:
        return f"{waiting} {status.current - status.updated} old replicas are pending termination..."
    return f"{waiting} {status.available} of {status.updated} updated replicas are available..."


def is_over(status: WorkloadStatus) -> bool:
    """All replicas are of the newest version and available, whether or not old ones are still on their way out."""
    return status.updated == status.desired == status.current == status.available


def _look(config: Config, history: History, key: Key) -> WorkloadStatus:
    desired = load_in_force(config, history)
    with open_observer(config) as observer:
        _, plan = dry_run(config, observer, desired, history)
    for decision in plan.decisions:
        if decision.workload == key:
            return decision.status
    raise GitpodSyncError(f"the revision in force has no {key}", "look with `gitpod-sync get all -A`")
