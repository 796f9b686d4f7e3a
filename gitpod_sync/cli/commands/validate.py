"""`gitpod-sync validate`: manifests against the schemas, without an engine."""

import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from gitpod_sync.cli.door import show_painted
from gitpod_sync.cli.options import common_options, flags_of
from gitpod_sync.configuration.config import Config, load_config
from gitpod_sync.configuration.policy import override_policy
from gitpod_sync.errors import ConfigError, GitpodSyncError, SourceError
from gitpod_sync.manifests.load import load_revisions
from gitpod_sync.manifests.policy import DEFAULT_POLICY
from gitpod_sync.manifests.reports.as_github import render_github
from gitpod_sync.manifests.reports.as_json import render_json
from gitpod_sync.manifests.reports.as_sarif import render_sarif
from gitpod_sync.manifests.reports.as_text import render_text
from gitpod_sync.manifests.reports.report import Checkout, Report, compute_report
from gitpod_sync.model.revision import Revision
from gitpod_sync.sources.named import STANDARD_INPUT, read_named, read_named_at

VALID, INVALID, USAGE = 0, 1, 2


class Unusable(click.ClickException):
    """What validate was told to do cannot be done; nothing was checked."""

    exit_code = USAGE


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--rev", metavar="REV", help="Check the paths as they are in this commit of their repository.")
@click.option("--since", metavar="REV", help="Check what may not change against this commit.")
@click.option("--strict/--no-strict", default=None, help="Treat references to what Git does not have as errors.")
@click.option("--ignore-kind", "ignore_kinds", multiple=True, metavar="KIND", help="Pass over an unknown kind.")
@click.option("--include", multiple=True, metavar="PATTERN", help="Read only files that match (like 'pods/**').")
@click.option("--exclude", multiple=True, metavar="PATTERN", help="Leave out files that match.")
@click.option(
    "--output", "-o", type=click.Choice(["text", "json", "sarif", "github"]), default="text", show_default=True
)
@common_options
@click.pass_context
def command(
    context: click.Context,
    paths: tuple[str, ...],
    rev: str | None,
    since: str | None,
    output: str,
    *,
    strict: bool | None,
    ignore_kinds: tuple[str, ...],
    include: tuple[str, ...],
    exclude: tuple[str, ...],
) -> None:
    """Check manifests, all together: files, folders, or - for standard input.

    Without a PATH it is the sources of the configuration that are checked, or with --rev or --since the repository
    around the current folder.

    Exit status: 0 valid, 1 invalid, 2 nothing could be checked.
    """
    try:
        named = bool(paths) or rev is not None or since is not None
        config = load_config(flags_of(context), without_file=named)
        policy = override_policy(
            config.manifests, strict=strict, ignore_kinds=ignore_kinds, include=include, exclude=exclude
        )
        if paths == (STANDARD_INPUT,):
            # Patterns are for paths, and it has none.
            policy = replace(policy, include=DEFAULT_POLICY.include, exclude=())
        revisions, previous = _read(config, paths, rev, since)
        if paths and not any(each.files or each.skipped or each.refused for each in revisions):
            raise SourceError(
                f"there is no manifest in {', '.join(paths)}", "check the path; a bare repository needs --rev"
            )
    except GitpodSyncError as error:
        raise Unusable(str(error)) from error
    loaded = load_revisions(revisions, policy=policy, previous=previous)
    report = compute_report(loaded)
    text = _render(output, report, revisions)
    if output == "text":
        # Every part of it that comes from a file was made inert where the colours were put around it.
        show_painted(text)
    else:
        click.echo(text, nl=False)
    sys.exit(VALID if report.valid else INVALID)


def _read(
    config: Config, paths: Sequence[str], rev: str | None, since: str | None
) -> tuple[Sequence[Revision], Sequence[Revision]]:
    """The revisions to be checked, and the older ones to hold them against."""
    if not paths and rev is None and since is None:
        if not config.sources:
            raise ConfigError("there is nothing to check", "give a PATH, - for standard input, or --source")
        from gitpod_sync.cli.assembly import open_sources
        from gitpod_sync.cli.uncommitted import tell_uncommitted

        sources = open_sources(config, keep=False)
        revisions = [source.fetch(settled=False) for _, source in sources]
        for line in tell_uncommitted(sources, revisions, config.manifests):
            click.echo(line, err=True)
        return revisions, ()
    paths = paths or (".",)
    named = read_named(paths, sys.stdin.buffer.read) if rev is None else read_named_at(paths, rev)
    return named, () if since is None else read_named_at(paths, since, missing_is_empty=True)


def _render(output: str, report: Report, revisions: Sequence[Revision]) -> str:
    match output:
        case "json":
            return render_json(report)
        case "sarif":
            return render_sarif(report, _checkout())
        case "github":
            return render_github(report, _checkout())
        case _:
            return render_text(report, revisions)


def _checkout() -> Checkout:
    """GitHub Actions says where its checkout is; elsewhere the current folder is taken for the root."""
    here = str(Path.cwd())
    return Checkout(os.environ.get("GITHUB_WORKSPACE") or here, here)
