"""How a command gives an order to the daemon: through its state directory, which has to be there."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from gitpod_sync.cli.assembly import open_history
from gitpod_sync.configuration.config import Config
from gitpod_sync.errors import ConfigError
from gitpod_sync.loop.lock import is_acting
from gitpod_sync.status.history import History

_REMEDY = "run this where the daemon runs, with its --state-dir, --instance or --config"


@contextmanager
def open_state(config: Config) -> Iterator[History]:
    """The state of a daemon that has run. Raises `ConfigError` when there is none, or when we may not write to it."""
    path = config.state_dir / f"{config.instance}.db"
    try:
        found = path.exists()
    except OSError as error:
        raise ConfigError(f"{path} cannot be looked at: {error.strerror}", _REMEDY) from error
    if not found:
        raise ConfigError(f"no daemon of instance {config.instance!r} has its state in {config.state_dir}", _REMEDY)
    with open_history(config) as history:
        yield history


def tell_when_nobody_listens(config: Config) -> None:
    """Say that an intervention counts only once there is a daemon."""
    if not is_acting(config.state_dir, config.instance):
        click.echo("no daemon runs now: the order counts for the next `run` or `sync`", err=True)
