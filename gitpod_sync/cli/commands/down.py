"""`gitpod-sync down`: everything of the instance is taken away."""

from collections.abc import Iterable, Iterator

import click

from gitpod_sync.cli.asking import ask
from gitpod_sync.cli.assembly import open_deps
from gitpod_sync.cli.options import common_options, flags_of, take_over_option
from gitpod_sync.cli.progress import LineProgress
from gitpod_sync.configuration.config import load_config
from gitpod_sync.loop.down import Stock, take_down, take_stock
from gitpod_sync.loop.lock import acting
from gitpod_sync.loop.ownership import release_instance
from gitpod_sync.manifests.diagnostics.diagnostics import counted

_STOP_IT = "stop it first, for it would make again what is taken away"


@click.command()
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@click.option("--delete-claims", is_flag=True, help="Also remove the volumes of claims: what they hold is lost.")
@click.option("--timeout", type=click.FloatRange(min=0), default=300.0, show_default=True, help="Seconds to wait.")
@take_over_option
@common_options
@click.pass_context
def command(context: click.Context, timeout: float, *, yes: bool, delete_claims: bool, take_over: bool) -> None:
    """Remove everything of this instance: its pods with their grace, their volumes, its network.

    It says what goes and what stays, and asks. Claims stay, whatever their annotations or their sets say, unless
    --delete-claims is given. The daemon has to be stopped before. No source is needed, and none is changed.

    Exit status: 0 all of it is gone, 1 not.
    """
    config = load_config(flags_of(context))
    alone = acting(config.state_dir, config.instance, _STOP_IT)
    with alone, open_deps(config, take_over=take_over) as (deps, wake):
        deps.ensure_owned()
        stock = take_stock(deps.engine, deps.instance)
        goes = [*_what_goes(stock), *(_claims(stock) if delete_claims else ())]
        stays = [*(() if delete_claims else _claims(stock)), "images", f"the state in {config.state_dir}"]
        click.echo(_list(f"of instance {config.instance} this goes", goes or ["nothing is there"]), err=True)
        click.echo(_list("this stays", stays), err=True)
        if goes and not yes:
            ask("Take it away?", "give --yes")
        take_down(deps, wake, stock, timeout, LineProgress().show, delete_claims=delete_claims)
        # What is not there any more is not in force, and nobody has to permit that it is not asked for.
        deps.history.record_in_force(())
        deps.history.record_held_removals(())
        deps.history.record_good_revisions({}, deps.clock())
        deps.history.record_identities({})
        release_instance(deps.engine, deps.instance)
    click.echo(f"nothing of instance {config.instance} runs any more")


def _what_goes(stock: Stock) -> Iterator[str]:
    yield from (f"{key}: {counted(number, 'pod')}" for key, number in stock.pods.items())
    yield from (f"container {name}, which belongs to no pod" for name in stock.strays)
    if stock.volumes:
        yield f"{counted(len(stock.volumes), 'volume')} of pods"
    yield from (f"network {name}" for name in stock.networks)


def _claims(stock: Stock) -> Iterator[str]:
    yield from (f"{key}: volume {volume}, with what it holds" for volume, key in stock.claims.items())


def _list(title: str, lines: Iterable[str]) -> str:
    return "\n".join([f"{title}:", *(f"  {line}" for line in lines)])
