"""Removals that a revision asks for by mistake: shown, asked about, and refused where nobody permits them."""

from collections.abc import Iterable

import click

from gitpod_sync.cli.asking import ask
from gitpod_sync.cli.assembly import Newest, open_observer
from gitpod_sync.configuration.config import Config
from gitpod_sync.errors import ManifestError
from gitpod_sync.loop.revisions.guard import Guard, allowed_sources, layouts_in_force, workloads_on
from gitpod_sync.manifests.diagnostics.diagnostics import counted
from gitpod_sync.model.base.instance import Instance
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.removal import Removal
from gitpod_sync.status.history import History

ALLOW_EMPTY = "Also remove what nobody seems to want removed."

_REMEDY = "correct it, or permit it with --allow-empty (for a daemon `gitpod-sync approve` shows what to type)"


def require_permission(config: Config, history: History, newest: Newest, *, allow_empty: bool, asks: bool) -> Guard:
    """Return when nothing goes unasked, or somebody has permitted it.

    Else a person at a terminal is asked if `asks`. Raises `GitpodSyncError` where that is not permitted either.
    """

    def look() -> Iterable[Key]:
        with open_observer(config) as observer:
            return workloads_on(observer, Instance(config.instance))

    guard = Guard(history, allowed_sources(config.sources, allow_empty=allow_empty), look)
    held = guard.held(newest.layouts, layouts_in_force(history, lambda: newest.before))
    if held:
        render = render_held if asks else render_removal
        click.echo("\n\n".join(map(render, held)), err=True)
        if not asks:
            raise ManifestError("the revision would remove what nobody has asked to be removed", _REMEDY)
        guard.hold(held)
        ask("Permit it?", _REMEDY)
    return guard


def render_removal(removal: Removal) -> str:
    """The oddness of the revision, and all objects that would go."""
    source = f"source {removal.source.removesuffix('#:')}: " if removal.source else ""
    title = f"{source}{removal.cause}; {counted(len(removal.leaving), 'object')} would go:"
    return "\n".join([title, *(f"  {each}" for each in removal.leaving)])


def render_held(removal: Removal) -> str:
    """A held removal as text, with the command that approves it."""
    return f"{render_removal(removal)}\n`gitpod-sync approve {removal.hash}` permits it"
