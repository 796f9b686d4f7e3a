"""Draining: the order is given, then every pod that goes is reported, in kubectl's words, until none is left."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import click

from gitpod_sync.cli.assembly import dry_run, load_in_force, open_observer
from gitpod_sync.cli.node_interventions import cordon_node, find_node
from gitpod_sync.cli.ordering import open_state
from gitpod_sync.configuration.config import Config
from gitpod_sync.controllers.pod.pod_state import PodState, is_over
from gitpod_sync.errors import GitpodSyncError, NotConverged
from gitpod_sync.loop.lock import is_acting
from gitpod_sync.model.kinds import Role, has_role
from gitpod_sync.model.records.cordon import WITHOUT_BUDGETS
from gitpod_sync.model.records.interventions import Verb
from gitpod_sync.plan.scheduling.drain import EVICTION_BLOCKED, find_residents
from gitpod_sync.plan.steps import Plan
from gitpod_sync.plan.subjects import PodRef
from gitpod_sync.status.history import History

_LOOK_EVERY = 0.5
_STANDS = "the drain goes on in the daemon; `gitpod-sync cordon` stops it, `gitpod-sync uncordon` takes it back"


def drain_node(
    config: Config, name: str | None, *, with_empty_dirs: bool, heeding_budgets: bool, timeout: float
) -> None:
    """Order it and wait until the node is empty of what goes; `timeout` is in seconds, 0 for none.

    Raises `GitpodSyncError` when it is refused, `NotConverged` when the node is not empty in time.
    """
    deadline = time.monotonic() + timeout if timeout else None
    with open_state(config) as history:
        node = find_node(config, name)
        plan = _look(config, history)
        _refuse_lost_data(plan, with_empty_dirs=with_empty_dirs)
        cordon_node(history, node, Verb.DRAIN, "" if heeding_budgets else WITHOUT_BUDGETS)
        _tell_daemons(plan.pods)
        with _telling_what_stands():
            _wait(config, history, Progress(), node, deadline, timeout)
    click.echo(f"node/{node} drained")


class Progress:
    """Reports about each pod so far."""

    def __init__(self) -> None:
        self._present: dict[str, str] = {}
        self._ending: set[str] = set()
        self._blocked: dict[PodRef, str] = {}

    def follow(self, plan: Plan) -> Iterator[tuple[str, bool]]:
        """New lines, each with whether it reports trouble."""
        residents = {state.pod.identity.uid: state for state in find_residents(plan.pods)}
        for uid, state in residents.items():
            identity = state.pod.identity
            if uid not in self._ending and (state.pod.ending or uid in plan.going):
                self._ending.add(uid)
                yield f"evicting pod {identity}", False
        told = (each for each in plan.waiting if each.reason == EVICTION_BLOCKED)
        blocked = {each.subject.pod: each.message for each in told if each.subject.pod is not None}
        for pod, message in blocked.items():
            if self._blocked.get(pod) != message:
                yield f'error when evicting pods/"{pod.name}" -n "{pod.namespace}" (it is tried again): {message}', True
        self._blocked = blocked
        for uid, name in self._present.items():
            if uid not in residents:
                yield f"pod/{name} evicted", False
        self._present = {uid: state.pod.identity.name for uid, state in residents.items()}

    @property
    def left(self) -> int:
        """How many are left."""
        return len(self._present)


def _wait(
    config: Config, history: History, progress: Progress, node: str, deadline: float | None, timeout: float
) -> None:
    while True:
        for line, trouble in progress.follow(_look(config, history)):
            click.echo(line, err=trouble)
        if not progress.left:
            return
        if not is_acting(config.state_dir, config.instance):
            raise NotConverged(f"node {node} is not drained: no daemon runs now; the order counts for the next one")
        if deadline is not None and time.monotonic() >= deadline:
            raise NotConverged(f"node {node} is not drained after {timeout:g} s: {progress.left} pods are left")
        time.sleep(_LOOK_EVERY)


@contextmanager
def _telling_what_stands() -> Iterator[None]:
    try:
        yield
    except (KeyboardInterrupt, NotConverged):
        click.echo(_STANDS, err=True)
        raise


def _look(config: Config, history: History) -> Plan:
    desired = load_in_force(config, history)
    with open_observer(config) as observer:
        _, plan = dry_run(config, observer, desired, history)
    return plan


def _refuse_lost_data(plan: Plan, *, with_empty_dirs: bool) -> None:
    """Refuse to drain pods with an emptyDir, which lives as long as its pod: nobody should learn that from its loss."""
    losing = [
        str(state.pod.identity)
        for state in find_residents(plan.pods)
        if not state.pod.ending and any(each.empty_dir is not None for each in state.pod.template.spec.volumes)
    ]
    if losing and not with_empty_dirs:
        raise GitpodSyncError(
            f"cannot delete Pods with local storage: {', '.join(losing)}",
            "nothing was ordered; with --delete-emptydir-data they go, and what is in their emptyDirs is lost",
        )


def _tell_daemons(states: Iterable[PodState]) -> None:
    daemons = [
        str(state.pod.identity)
        for state in states
        if has_role(state.pod.identity.owner.kind, Role.DAEMON) and not state.pod.ending and not is_over(state)
    ]
    if daemons:
        click.echo(f"Warning: ignoring DaemonSet-managed Pods: {', '.join(daemons)}", err=True)
