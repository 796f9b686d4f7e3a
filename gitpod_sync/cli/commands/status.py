"""`gitpod-sync status`: how everything stands, on one screen."""

import json
import os
import sys
import time

import click

from gitpod_sync.cli.assembly import dry_run, open_observer, open_sources, read_history
from gitpod_sync.cli.options import common_options, flags_of
from gitpod_sync.cli.uncommitted import tell_ahead
from gitpod_sync.configuration.config import Config, load_config
from gitpod_sync.errors import EngineError
from gitpod_sync.loop.lock import find_actor
from gitpod_sync.loop.memory.memory import read_failures
from gitpod_sync.loop.revisions.in_force import Sources, read_in_force
from gitpod_sync.manifests.load import load_revisions
from gitpod_sync.model.desired import Desired
from gitpod_sync.model.revision import Revision
from gitpod_sync.plan.report.field_changes import ChangeKind
from gitpod_sync.plan.workloads.interventions import sort_interventions
from gitpod_sync.redaction import redact
from gitpod_sync.resources.overview import (
    Overview,
    Remark,
    count_pods,
    count_workloads,
    standings,
    what_is_held,
    what_is_wrong,
    what_waits,
)
from gitpod_sync.resources.rendered_overview import overview_object, render_overview
from gitpod_sync.status.history import History

WELL, WRONG = 0, 1


@click.command()
@click.option("--output", "-o", type=click.Choice(["text", "json"]), default="text", show_default=True)
@common_options
@click.pass_context
def command(context: click.Context, output: str) -> None:
    """Show on one screen what is in force of every source, what is refused, what is wrong, and what is held.

    Without a daemon it looks whether a source has moved on; a revision that nobody has read yet is mentioned, and is
    not a fault.

    Exit status: 0 all is well, 1 something is wrong, refused, or waits for a person.
    """
    config = load_config(flags_of(context))
    sources = open_sources(config, keep=False) if config.sources else ()
    with read_history(config) as history:
        overview = _look(config, sources, history)
    if output == "json":
        click.echo(json.dumps(overview_object(overview), indent=2, ensure_ascii=False))
    else:
        click.echo(render_overview(overview, time.time()))
    sys.exit(WELL if overview.well else WRONG)


def _look(config: Config, sources: Sources, history: History) -> Overview:
    good, refused, removals = history.good_revisions(), history.refused_revisions(), history.held_removals()
    specs = [spec for spec, _ in sources]
    in_force = read_in_force(sources, good)
    found = standings(specs, good, history.good_since(), in_force, refused)
    desired = _load(config, sources, in_force)
    engine = config.engine_url or os.environ.get("DOCKER_HOST") or "the local engine"
    actor = find_actor(config.state_dir, config.instance)
    ahead = () if actor else tuple(tell_ahead(sources, good, refused, removals))
    facts = config.instance, redact(engine), actor, found, ahead
    awaited = tuple(what_waits(removals, specs))
    unknown = [] if desired or not sources else [Remark("workloads", "not known: nothing is in force that can be read")]
    try:
        with open_observer(config) as observer:
            changes, plan = dry_run(config, observer, desired or Desired(), history)
    except EngineError as error:
        return Overview(*facts, None, None, 0, (*unknown, Remark("engine", str(error))), awaited)
    conditions = [(name.value, held.since) for name, held in history.conditions().items()]
    standing = sort_interventions(history.interventions() or (), desired or Desired())
    interventions = [order for each in standing.by_subject.values() for order in each]
    return Overview(
        *facts,
        count_workloads(plan),
        count_pods(plan),
        sum(change.kind is not ChangeKind.NOTE for change in changes) if desired else 0,
        (*unknown, *what_is_wrong(plan, read_failures(history), conditions)),
        awaited,
        tuple(what_is_held(plan, interventions)),
    )


def _load(config: Config, sources: Sources, in_force: dict[str, Revision]) -> Desired | None:
    """Everything in force, as far as it is known of all sources."""
    if not sources or any(spec.name not in in_force for spec, _ in sources):
        return None
    return load_revisions(list(in_force.values()), policy=config.manifests).desired
