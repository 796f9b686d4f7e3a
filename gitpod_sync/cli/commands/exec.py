"""`gitpod-sync exec`: a command in a running container."""

import sys
from contextlib import closing

import click

from gitpod_sync.cli.assembly import open_console
from gitpod_sync.cli.named_pod import find_named_pod
from gitpod_sync.cli.options import common_options, flags_of
from gitpod_sync.cli.targets import choose_container, running_container
from gitpod_sync.cli.terminal import attach, is_terminal
from gitpod_sync.configuration.config import load_config
from gitpod_sync.model.base.meta import DEFAULT_NAMESPACE


@click.command()
@click.argument("pod")
@click.argument("command_line", nargs=-1, required=True, type=click.UNPROCESSED, metavar="-- COMMAND…")
@click.option("--container", "-c", help="Which container (default: the first, or the one that an annotation names).")
@click.option("--namespace", "-n", default=DEFAULT_NAMESPACE, show_default=True)
@click.option("--stdin", "-i", is_flag=True, help="Pass on standard input.")
@click.option("--tty", "-t", is_flag=True, help="Give the command a terminal (with -i).")
@click.option("--quiet", "-q", is_flag=True, help="Print nothing but what the command prints.")
@common_options
@click.pass_context
def command(
    context: click.Context,
    pod: str,
    command_line: tuple[str, ...],
    container: str | None,
    namespace: str,
    *,
    stdin: bool,
    tty: bool,
    quiet: bool,
) -> None:
    """Run a command in a container of a POD, of pod/NAME, or of one pod of deployment/NAME.

    Exit status: the command's own, 126 or 127 where it cannot be run; 1 when there is no such pod or container.
    """
    config = load_config(flags_of(context))
    found = find_named_pod(config, pod, namespace)
    name = choose_container(found, container)
    target = running_container(found, name)
    # As kubectl: a terminal without input is none.
    terminal = tty and stdin
    if terminal and not is_terminal():
        click.echo("standard input is not a terminal, so the command gets none", err=True)
        terminal = False
    with (
        open_console(config) as console,
        closing(console.open_session(target.id, command_line, stdin=stdin, terminal=terminal)) as session,
    ):
        if stdin and not terminal and not session.can_end_input:
            click.echo(
                "over TLS the end of standard input cannot be passed on; use an ssh:// engine for that", err=True
            )
        code = attach(session, stdin=stdin, terminal=terminal)
    if code and not quiet:
        click.echo(f"command terminated with exit code {code}", err=True)
    sys.exit(code)
