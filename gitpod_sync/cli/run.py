"""`gitpod-sync run`: the daemon."""

import logging
import os
import signal
import sys
import threading
from types import FrameType

import click

from gitpod_sync.cli.assembly import open_deps, open_sources
from gitpod_sync.cli.config import load_config
from gitpod_sync.cli.door import LineFormatter
from gitpod_sync.cli.options import common_options, flags_of
from gitpod_sync.cli.permission import ALLOW_EMPTY
from gitpod_sync.loop.daemon import Daemon
from gitpod_sync.loop.lock import acting

PATIENCE = 10.0
"""Seconds from TERM to the end, whatever is under way."""


@click.command()
@click.option("--verbose", "-v", is_flag=True, help="Log every operation with its cause.")
@click.option("--allow-empty", is_flag=True, help=ALLOW_EMPTY)
@common_options
@click.pass_context
def command(context: click.Context, *, verbose: bool, allow_empty: bool) -> None:
    """Keep the engine as Git asks until stopped with TERM or INT; pods go on running."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(LineFormatter("%(asctime)s %(levelname)s %(message)s"))
    logging.basicConfig(handlers=[handler], level=logging.DEBUG if verbose else logging.INFO)
    for noisy in ("asyncio", "git", "hpack", "urllib3", "docker", "watchdog"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    config = load_config(flags_of(context))
    sources = open_sources(config)
    with acting(config.state_dir, config.instance), open_deps(config) as (deps, wake):
        daemon = Daemon(deps, wake, sources, config.manifests, allow_empty=allow_empty)

        def stop(_signal: int, _frame: FrameType | None) -> None:
            # Not here: the interrupted thread may be about to wait for the very ring.
            threading.Thread(target=daemon.stop, daemon=True).start()
            # An engine that does not answer must not hold us up: being ended at any moment is safe.
            last = threading.Timer(PATIENCE, os._exit, (0,))
            last.daemon = True
            last.start()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        daemon.run()
