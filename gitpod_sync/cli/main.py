"""`gitpod-sync`: finds the command and loads no more than that one needs."""

import importlib
import io
import os
import sys
from typing import NoReturn

import click

from gitpod_sync import __version__
from gitpod_sync.cli.door import shut_doors
from gitpod_sync.cli.options import TRACEBACK, common_options, unknown_variables
from gitpod_sync.errors import GitpodSyncError
from gitpod_sync.model.inert import one_line

PROGRAM = "gitpod-sync"
ERROR = 1

_COMMANDS = {
    "validate": "Check manifests without an engine or a daemon.",
    "diff": "Show what differs from Git and what would be done about it.",
    "sync": "Converge once, and wait until it is done.",
    "run": "Converge for ever: the daemon.",
    "approve": "Let go what a revision would take away unasked.",
    "down": "Take everything of this instance away.",
    "get": "List pods and workloads as they are now.",
    "describe": "Show a pod or a workload in full, with what happened to it.",
    "rollout": "Look at a rollout, pause it, undo it, restart it.",
    "events": "List what happened.",
    "logs": "Print what the containers of a pod wrote.",
    "exec": "Run a command in a container of a pod.",
    "cp": "Copy files into a container or out of it.",
    "port-forward": "Listen here for a port of a pod.",
    "create": "Run the Job of a CronJob now.",
    "top": "Show what pods use of CPU and memory.",
    "cordon": "Let no pod come to the node.",
    "drain": "Empty the node for its maintenance.",
    "uncordon": "Let pods come to the node again.",
    "status": "Show on one screen how everything stands.",
    "config": "Show the settings in force, and what is wrong with them.",
}

_MODULES = {"config": "config_command"}
"""Of commands whose name says something else in this room."""

_USAGE_IS_ERROR = {
    "approve",
    "diff",
    "down",
    "describe",
    "events",
    "logs",
    "exec",
    "cp",
    "port-forward",
    "create",
    "top",
    "cordon",
    "drain",
    "uncordon",
}


class LazyGroup(click.Group):
    """Knows the commands by name; the module of one is imported when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002, D102 - click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002, D102
        if cmd_name not in _COMMANDS:
            return None
        module = _MODULES.get(cmd_name, cmd_name.replace("-", "_"))
        command: click.Command = importlib.import_module(f"gitpod_sync.cli.{module}").command
        return command

    def resolve_command(  # noqa: D102
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.NoSuchCommand as error:
            # click looks for what was meant among the commands that are loaded.
            raise click.NoSuchCommand(error.command_name, possibilities=_COMMANDS, ctx=ctx) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002, D102
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name=PROGRAM)
@common_options
def cli() -> None:
    """Pods and controllers from a Git repository, converged on plain Docker."""
    for line in unknown_variables():
        click.echo(line, err=True)


def main() -> NoReturn:
    """Run the command line; errors are one line with the remedy."""
    # Mirrors hold whatever is in the repositories, Secrets included: they are for our own eyes.
    os.umask(0o077)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal of another character set shows what it can.
            stream.reconfigure(errors="backslashreplace")
    shut_doors()
    try:
        # With colours, click takes nothing out: what comes from outside is to be seen, also in a file.
        sys.exit(cli(prog_name=PROGRAM, standalone_mode=False, color=True))
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(_status_of(error))
    except GitpodSyncError as error:
        click.echo(one_line(f"{PROGRAM}: {error}"), err=True)
        sys.exit(ERROR)
    except BrokenPipeError:
        # Whoever read our output has seen enough; there is nobody to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(ERROR)
    except Exception as error:
        if os.environ.get(TRACEBACK):
            raise
        told = " ".join(f"{type(error).__name__}: {error}".split())
        click.echo(f"{PROGRAM}: this was not foreseen: {told}; set {TRACEBACK}=1 to see where it happened", err=True)
        sys.exit(ERROR)


def _status_of(error: click.ClickException) -> int:
    """Click's own, but 1 for `diff`, whose 2 means that there are changes, and where kubectl ends with 1."""
    context, names = error.ctx if isinstance(error, click.UsageError) else None, set()
    while context:
        names.add(context.info_name)
        context = context.parent
    return ERROR if names & _USAGE_IS_ERROR else error.exit_code
