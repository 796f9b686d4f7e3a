"""`gitpod-sync`: finds the command, and loads only what that command needs."""

import importlib
import os
import sys
from typing import NoReturn

import click

from gitpod_sync import __version__
from gitpod_sync.cli.door import shut_doors
from gitpod_sync.cli.options import TRACEBACK, common_options, unknown_variables
from gitpod_sync.cli.output import StandardOutput, say, settle_output, take_output, telling
from gitpod_sync.cli.signals import release_signals
from gitpod_sync.errors import GitpodSyncError
from gitpod_sync.model.base.inert import one_line

PROGRAM = "gitpod-sync"
ERROR = 1
INTERRUPTED = 130

_COMMANDS = {
    "validate": "Check manifests without an engine or a daemon.",
    "diff": "Show what differs from Git and what would be done about it.",
    "sync": "Converge once, and wait until it is done.",
    "run": "Converge for ever: the daemon.",
    "approve": "Permit what a revision would remove unasked.",
    "down": "Remove everything of this instance.",
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

_ANSWERING_SIGNALS = {"run"}
"""Those that let signals come themselves, once they have an answer to each."""

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
    """Commands by name; the module of a command is imported when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002, D102 - click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002, D102
        if cmd_name not in _COMMANDS:
            return None
        module = _MODULES.get(cmd_name, cmd_name.replace("-", "_"))
        command: click.Command = importlib.import_module(f"gitpod_sync.cli.commands.{module}").command
        if cmd_name not in _ANSWERING_SIGNALS:
            release_signals()
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
    output = take_output()
    shut_doors()
    sys.exit(settle_output(output, _run(output)))


def _run(output: StandardOutput | None) -> int:
    """The exit status of the command, which has said whatever is to be said, but that its output was lost."""
    try:
        # With colours, click takes nothing out: what comes from outside is to be seen, also in a file.
        returned = cli(prog_name=PROGRAM, standalone_mode=False, color=True)
        return returned if isinstance(returned, int) else 0
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    except (click.exceptions.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except click.ClickException as error:
        with telling():
            error.show()
        return _status_of(error)
    except GitpodSyncError as error:
        say(one_line(f"{PROGRAM}: {error}"))
        return ERROR
    except Exception as error:
        if output and error is output.lost:
            return ERROR
        if os.environ.get(TRACEBACK):
            raise
        told = " ".join(f"{type(error).__name__}: {error}".split())
        say(f"{PROGRAM}: unexpected error: {told}; set {TRACEBACK}=1 to see where it happened")
        return ERROR


def _status_of(error: click.ClickException) -> int:
    """Exit status of an error: click's own, but 1 for `diff`, whose 2 means changes, and where kubectl ends with 1."""
    context, names = error.ctx if isinstance(error, click.UsageError) else None, set()
    while context:
        names.add(context.info_name)
        context = context.parent
    return ERROR if names & _USAGE_IS_ERROR else error.exit_code
