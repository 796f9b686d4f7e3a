"""Options that every command takes, before its name or after it."""

import functools
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import click

from gitpod_sync.cli.config import Flags

_OPTIONS = (
    click.option("--config", type=click.Path(path_type=Path), envvar="GITPOD_SYNC_CONFIG", help="TOML file to read."),
    click.option("--instance", envvar="GITPOD_SYNC_INSTANCE", help="Name of this instance on the engine."),
    click.option("--state-dir", type=click.Path(path_type=Path), envvar="GITPOD_SYNC_STATE_DIR", help="Own files."),
    click.option("--engine", envvar="GITPOD_SYNC_ENGINE_URL", help="URL of the Docker Engine, or 'simulated'."),
    click.option("--source", envvar="GITPOD_SYNC_SOURCE", help="URL or path of the repository, or a plain folder."),
    click.option("--branch", envvar="GITPOD_SYNC_BRANCH", help="Branch of --source (default: the repository's own)."),
    click.option("--path", envvar="GITPOD_SYNC_PATH", help="Folder or file within --source."),
)


def common_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options; what they say is found by `flags_of`."""

    @functools.wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        flags = Flags(**{field.name: kwargs.pop(field.name) for field in fields(Flags)})
        context = click.get_current_context()
        context.obj = flags.over(context.obj or Flags())
        return function(*args, **kwargs)

    for option in reversed(_OPTIONS):
        wrapped = option(wrapped)
    return wrapped


def flags_of(context: click.Context) -> Flags:
    """What the flags and the environment say, those after the command's name first."""
    flags: Flags = context.obj
    return flags
