"""Options that every command takes, before its name or after it."""

import functools
import os
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from gitpod_sync.configuration.config import Flags

TRACEBACK = "GITPOD_SYNC_TRACEBACK"
ORIGINS = "gitpod_sync.origins"
"""In the context's `meta`: by the names of `Flags`, which flag or variable has said it."""

_VARIABLES = "GITPOD_SYNC_"

_OPTIONS = (
    click.option("--config", type=click.Path(path_type=Path), envvar="GITPOD_SYNC_CONFIG", help="TOML file to read."),
    click.option("--instance", envvar="GITPOD_SYNC_INSTANCE", help="Name of this instance on the engine."),
    click.option(
        "--state-dir",
        type=click.Path(path_type=Path),
        envvar="GITPOD_SYNC_STATE_DIR",
        help="Folder for the state and mirrors.",
    ),
    click.option("--machine-id", envvar="GITPOD_SYNC_MACHINE_ID", help="Name of this machine, needed in a container."),
    click.option("--engine", envvar="GITPOD_SYNC_ENGINE_URL", help="URL of the Docker Engine, or 'simulated'."),
    click.option("--source", envvar="GITPOD_SYNC_SOURCE", help="URL or path of the repository, or a plain folder."),
    click.option("--branch", envvar="GITPOD_SYNC_BRANCH", help="Branch of --source (default: the repository's own)."),
    click.option("--path", envvar="GITPOD_SYNC_PATH", help="Folder or file within --source."),
)


take_over_option = click.option(
    "--take-over", is_flag=True, help="Take over an instance that another state directory has."
)
"""For the commands that change the engine."""


def common_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options; what they say is found by `flags_of`."""

    @functools.wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        context = click.get_current_context()
        before: Flags = context.obj or Flags()
        origins: dict[str, str] = context.meta.setdefault(ORIGINS, {})
        said = {}
        for field in fields(Flags):
            value = kwargs.pop(field.name)
            typed = context.get_parameter_source(field.name) is ParameterSource.COMMANDLINE
            # A variable is seen before the command's name and after it, and a flag at either place wins.
            if value is not None and (typed or getattr(before, field.name) is None):
                said[field.name] = value
                origins[field.name] = _flag(field.name) if typed else f"variable {_variable(field.name)}"
        context.obj = Flags(**said).over(before)
        return function(*args, **kwargs)

    for option in reversed(_OPTIONS):
        wrapped = option(wrapped)
    return wrapped


def unknown_variables() -> Iterator[str]:
    """A line for each variable that looks like one of ours and is none."""
    known = {TRACEBACK, *(_variable(field.name) for field in fields(Flags))}
    for name in sorted(each for each in os.environ if each.startswith(_VARIABLES) and each not in known):
        yield f"{name} is not a variable of gitpod-sync; known are {', '.join(sorted(known))}"


def _flag(name: str) -> str:
    return f"flag --{name.replace('_', '-')}"


def _variable(name: str) -> str:
    return f"{_VARIABLES}{'ENGINE_URL' if name == 'engine' else name.upper()}"


def flags_of(context: click.Context) -> Flags:
    """Flags and environment, those after the command's name first."""
    flags: Flags = context.obj
    return flags
