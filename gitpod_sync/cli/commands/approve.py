"""`gitpod-sync approve`: a person's word that what a revision would take away unasked may go."""

import time

import click

from gitpod_sync.cli.options import common_options, flags_of
from gitpod_sync.cli.ordering import open_state, tell_when_nobody_listens
from gitpod_sync.cli.permission import render_held
from gitpod_sync.configuration.config import load_config
from gitpod_sync.errors import GitpodSyncError
from gitpod_sync.manifests.diagnostics.diagnostics import counted
from gitpod_sync.model.records.interventions import Intervention, Verb, source_key


@click.command()
@click.argument("removal", metavar="[HASH]", required=False)
@common_options
@click.pass_context
def command(context: click.Context, removal: str | None) -> None:
    """Permit what the newest revision of a source would remove although nobody seems to ask for that.

    Without a HASH it shows what waits for a permission, and what to type. An approval is for the one source, the
    revision that is in force, and exactly that list: it lapses with the next revision.
    """
    config = load_config(flags_of(context))
    with open_state(config) as history:
        held = {each.hash: each for each in history.held_removals()}
        if removal is None:
            click.echo("\n\n".join(map(render_held, held.values())) or "nothing waits for an approval")
            return
        if removal not in held:
            raise GitpodSyncError(f"nothing waits for {removal}", "`gitpod-sync approve` shows what waits, if anything")
        found = held[removal]
        history.give_intervention(Intervention(source_key(found.source), Verb.APPROVE, removal, time.time()))
    tell_when_nobody_listens(config)
    click.echo(f"approved: {counted(len(found.leaving), 'object')} may go")
