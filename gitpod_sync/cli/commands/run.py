"""`gitpod-sync run`: the daemon."""

import logging
import sys

import click

from gitpod_sync.cli.assembly import open_deps, open_sources
from gitpod_sync.cli.daemon_signals import DaemonSignals
from gitpod_sync.cli.door import LineFormatter
from gitpod_sync.cli.options import common_options, flags_of, take_over_option
from gitpod_sync.cli.permission import ALLOW_EMPTY
from gitpod_sync.cli.reloading import Reloading
from gitpod_sync.configuration.config import load_config
from gitpod_sync.loop.daemon import Daemon
from gitpod_sync.loop.lock import acting

PATIENCE = 10.0
"""Seconds from TERM to the end, whatever is under way."""


@click.command()
@click.option("--verbose", "-v", is_flag=True, help="Log every operation with its cause.")
@click.option("--allow-empty", is_flag=True, help=ALLOW_EMPTY)
@take_over_option
@common_options
@click.pass_context
def command(context: click.Context, *, verbose: bool, allow_empty: bool, take_over: bool) -> None:
    """Keep the engine as Git asks until stopped with TERM or INT; pods go on running. HUP reads the configuration.

    Exit status: 0 ended by TERM, 130 by Ctrl-C, 1 error.
    """
    signals = DaemonSignals(PATIENCE)
    signals.take()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(LineFormatter("%(asctime)s %(levelname)s %(message)s"))
    logging.basicConfig(handlers=[handler], level=logging.DEBUG if verbose else logging.INFO)
    for noisy in ("asyncio", "git", "hpack", "urllib3", "docker", "watchdog"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    flags = flags_of(context)
    config = load_config(flags)
    sources = open_sources(config, keep=True)
    with acting(config.state_dir, config.instance), open_deps(config, take_over=take_over) as (deps, wake):
        daemon = Daemon(deps, wake, sources, config.manifests, allow_empty=allow_empty)
        signals.serve(daemon.stop, Reloading(flags, config, daemon.adopt).reload)
        daemon.run()
    sys.exit(signals.status)
