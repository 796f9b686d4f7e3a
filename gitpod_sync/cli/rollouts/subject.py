"""The workload that a `rollout` command is about: as Git has it, its revisions, and the orders that stand about it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import click

from gitpod_sync.cli.assembly import in_force_with_digests
from gitpod_sync.cli.ordering import open_state
from gitpod_sync.cli.rollouts.messages import Rollable
from gitpod_sync.cli.targets import parse_object_name
from gitpod_sync.configuration.config import Config
from gitpod_sync.controllers.shared.revisions import find_revision
from gitpod_sync.controllers.versions import wanted_version
from gitpod_sync.errors import GitpodSyncError
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.kinds import KINDS, Role, has_role, kinds_with
from gitpod_sync.model.pods.hashing import object_hash, template_hash
from gitpod_sync.model.records.interventions import Intervention, Verb
from gitpod_sync.model.records.records import (
    DaemonSetRecord,
    DeploymentRecord,
    Hold,
    StatefulSetRecord,
    TemplateRevision,
)
from gitpod_sync.model.workloads.workloads import Deployment
from gitpod_sync.status.history import History

_RECORDS = DeploymentRecord | StatefulSetRecord | DaemonSetRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Rolled:
    """The workload that a `rollout` command is about."""

    key: Key
    """Its identity."""
    workload: Rollable
    """As Git has it."""
    revisions: tuple[TemplateRevision, ...]
    """Versions that it has had, the present one last."""
    interventions: tuple[Intervention, ...]
    """Those that are about it."""
    hold: Hold | None
    """The failed version that is not tried again; None: none."""
    asked: str
    """Hash of the version that Git asks for."""
    about: str
    """Hash of the whole object in Git."""

    def __str__(self) -> str:
        return f"{KINDS[self.key.kind].resource}/{self.key.name}"

    def order(self, verb: Verb) -> Intervention | None:
        """The order of that verb, if one stands."""
        return next((each for each in self.interventions if each.verb is verb), None)

    @property
    def paused(self) -> bool:
        """Whether a manifest or a person has paused it."""
        return self.paused_by_manifest or self.order(Verb.PAUSE) is not None

    @property
    def paused_by_manifest(self) -> bool:
        """Git asks for the pause."""
        return isinstance(self.workload, Deployment) and self.workload.spec.paused

    def revision(self, number: int) -> TemplateRevision:
        """The revision of that number. Raises `GitpodSyncError` when it is not known (any more)."""
        found = next((each for each in self.revisions if each.number == number), None)
        if found is None:
            known = ", ".join(str(each.number) for each in self.revisions) or "none"
            raise GitpodSyncError(f"{self} has no revision {number}", f"known are {known}")
        return found

    @property
    def stays_undone(self) -> TemplateRevision | None:
        """The revision at which `rollout undo` holds it."""
        undo = self.order(Verb.UNDO)
        return find_revision(self.revisions, undo.argument) if undo else None


def target_key(words: Sequence[str], namespace: str) -> Key:
    """`KIND/NAME` or `KIND NAME`. Raises click's usage error for a kind that is not rolled out."""
    text = "/".join(words)
    if text.count("/") != 1:
        raise click.UsageError("name one workload, like deployment/web")
    found = parse_object_name(text)
    if not has_role(found.kind, Role.ROLLABLE):
        known = ", ".join(kinds_with(Role.ROLLABLE))
        raise click.UsageError(f"a {found.kind} has no rollout; there is one of {known}")
    return Key(found.kind, namespace, found.name)


@contextmanager
def open_rolled(config: Config, key: Key) -> Iterator[tuple[History, Rolled]]:
    """The workload and the state of its daemon. Raises `GitpodSyncError` when Git in force does not name it."""
    with open_state(config) as history:
        yield history, find_rolled(config, history, key)


def find_rolled(config: Config, history: History, key: Key) -> Rolled:
    """The workload, read from what is in force. Raises `GitpodSyncError` when it is not there."""
    desired = in_force_with_digests(config, history)
    workload = desired.workloads.get(key)
    if not isinstance(workload, Rollable):
        raise GitpodSyncError(f"the revision in force has no {key}", "look with `gitpod-sync get all -A`")
    record = history.records().get(key)
    revisions = record.revisions if isinstance(record, _RECORDS) else ()
    held = record.hold if isinstance(record, DeploymentRecord) else None
    interventions = tuple(each for each in history.interventions() or () if each.subject == key)
    about = object_hash(workload)
    asked = template_hash(wanted_version(workload))
    hold = held if held and (held.object, held.failed) == (about, asked) else None
    standing = tuple(each for each in interventions if each.about in {"", about})
    return Rolled(
        key=key, workload=workload, revisions=revisions, interventions=standing, hold=hold, asked=asked, about=about
    )
