"""`rollout pause|resume|undo|restart`: what a person tells the daemon about one workload."""

import time

import click

from gitpod_sync.cli.ordering import tell_when_nobody_listens
from gitpod_sync.cli.rollouts.subject import Rolled, open_rolled
from gitpod_sync.configuration.config import Config
from gitpod_sync.controllers.shared.rollout_messages import rollout_argument
from gitpod_sync.errors import GitpodSyncError
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.records.event import Event
from gitpod_sync.model.records.interventions import Intervention, Verb
from gitpod_sync.model.records.records import TemplateRevision
from gitpod_sync.model.workloads.local_time import render_rfc3339
from gitpod_sync.model.workloads.stateful_sets import StatefulSet
from gitpod_sync.model.workloads.workloads import Deployment
from gitpod_sync.status.history import History

_RESUME_FIRST = "resume it first with `gitpod-sync rollout resume {}`"
_INSTEAD_OF_PAUSING = {
    "StatefulSet": "hold places back with a `partition` in Git, or all of them with the update strategy OnDelete",
    "DaemonSet": "hold its pods back with the update strategy OnDelete in Git",
}
_NO_LONGER = "until a commit changes the object, or `gitpod-sync rollout resume {}`"


def pause(config: Config, key: Key) -> None:
    """Roll nothing out until the workload is resumed; lost pods come back as they were."""
    with open_rolled(config, key) as (history, rolled):
        if not isinstance(rolled.workload, Deployment):
            raise GitpodSyncError(f"{rolled}: pausing is not supported", _INSTEAD_OF_PAUSING[key.kind])
        if rolled.paused:
            raise GitpodSyncError(f"{rolled} is already paused")
        lasting = f"until `gitpod-sync rollout resume {rollout_argument(key)}`"
        intervention = Intervention(key, Verb.PAUSE, at=time.time())
        _give(history, intervention, "DeploymentPaused", f"Its rollout is paused, {lasting}")
        click.echo(f"{rolled} paused")
        click.echo(f"nothing of it is rolled out {lasting}", err=True)
        tell_when_nobody_listens(config)


def resume(config: Config, key: Key) -> None:
    """Go on with what Git asks: whatever keeps the workload from it ends."""
    with open_rolled(config, key) as (history, rolled):
        withdrawn = [each for each in rolled.interventions if each.verb in {Verb.PAUSE, Verb.UNDO}]
        if rolled.paused_by_manifest:
            raise GitpodSyncError(f"{rolled} is paused by its manifest", "take `paused: true` out of Git")
        if not withdrawn and rolled.hold is None:
            paused = "paused, and nothing" if isinstance(rolled.workload, Deployment) else "undone: nothing"
            raise GitpodSyncError(f"{rolled} is not {paused} holds it")
        history.take_back(withdrawn)
        if rolled.hold is not None:
            history.give_intervention(Intervention(key, Verb.RETRY, at=time.time(), about=rolled.about))
        message = f"It goes on to version {rolled.asked}, which Git asks for"
        history.record_events([(Event(key, f"{key.kind}Resumed", message), time.time())])
        click.echo(f"{rolled} resumed")
        tell_when_nobody_listens(config)


def undo(config: Config, key: Key, number: int | None) -> None:
    """Hold the workload at an earlier revision."""
    with open_rolled(config, key) as (history, rolled):
        if rolled.paused:
            raise GitpodSyncError(
                f"{rolled} is paused", f"resume it first with `gitpod-sync rollout resume {rollout_argument(key)}`"
            )
        target = _undone(rolled) if number is None else rolled.revision(number)
        if target.hash == rolled.revisions[-1].hash:
            click.echo(f"{rolled} skipped rollback (current template already matches revision {target.number})")
            return
        if target.hash == rolled.asked:
            remedy = f"let it go on with `gitpod-sync rollout resume {rollout_argument(key)}`"
            raise GitpodSyncError(f"revision {target.number} is what Git asks for", remedy)
        intervention = Intervention(key, Verb.UNDO, target.hash, time.time(), rolled.about)
        lasting = _NO_LONGER.format(rollout_argument(key))
        message = f'Rolled back {key.kind.lower()} "{key.name}" to revision {target.number}, {lasting}'
        _give(history, intervention, f"{key.kind}Rollback", message)
        click.echo(f"{rolled} rolled back")
        number = rolled.revisions[-1].number + 1
        click.echo(f"it is held at revision {target.number}, which is number {number} from now on, {lasting}", err=True)
        _tell_when_pods_stay(rolled)
        tell_when_nobody_listens(config)


def restart(config: Config, key: Key) -> None:
    """Replace every pod once, as a rollout does."""
    with open_rolled(config, key) as (history, rolled):
        if rolled.paused:
            raise GitpodSyncError(
                f"{rolled} is paused and cannot be restarted", _RESUME_FIRST.format(rollout_argument(key))
            )
        now = time.time()
        intervention = Intervention(key, Verb.RESTART, render_rfc3339(now), now, rolled.about)
        _give(history, intervention, "Restarted", "All of its pods are replaced, as ordered")
        click.echo(f"{rolled} restarted")
        _tell_when_pods_stay(rolled)
        tell_when_nobody_listens(config)


def _undone(rolled: Rolled) -> TemplateRevision:
    """The revision before the present one."""
    if len(rolled.revisions) < 2:  # noqa: PLR2004 - a present one and an earlier one
        raise GitpodSyncError(f"no rollout history found for {rolled}", "there is nothing to go back to")
    return rolled.revisions[-2]


def _tell_when_pods_stay(rolled: Rolled) -> None:
    """Say that the order is for new pods alone."""
    workload = rolled.workload
    if isinstance(workload, Deployment):
        return
    if not workload.updates_by_itself:
        click.echo("its update strategy is OnDelete: the pods that are there stay until somebody ends them", err=True)
    elif isinstance(workload, StatefulSet) and workload.partition:
        click.echo(f"pods below the partition, {workload.partition}, stay as they are", err=True)


def _give(history: History, intervention: Intervention, reason: str, message: str) -> None:
    history.give_intervention(intervention)
    history.record_events([(Event(intervention.subject, reason, message), intervention.at)])
