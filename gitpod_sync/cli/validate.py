"""`gitpod-sync validate`: manifests against the schemas, without an engine."""

import sys
from collections.abc import Iterable
from pathlib import Path

import click

from gitpod_sync.cli.options import common_options
from gitpod_sync.manifests.diagnostics import render_json, render_text
from gitpod_sync.manifests.load import load_revision
from gitpod_sync.model.revision import Revision, SourceFile
from gitpod_sync.sources.folder import read_folder

VALID, INVALID = 0, 1


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path), metavar="PATH...")
@click.option("--output", "-o", type=click.Choice(["text", "json"]), default="text", show_default=True)
@common_options
def command(paths: tuple[Path, ...], output: str) -> None:
    """Check files and folders of manifests, all together, as they lie on the disk.

    Exit status: 0 valid, 1 invalid.
    """
    revision = _read(paths)
    loaded = load_revision(revision)
    if output == "json":
        click.echo(render_json(loaded.diagnostics), nl=False)
    else:
        if loaded.diagnostics:
            click.echo(render_text(loaded.diagnostics, [revision]))
        verdict = "valid" if loaded.desired is not None else "invalid"
        click.echo(f"{verdict}: {loaded.objects} object{'s' * (loaded.objects != 1)} in {len(revision.files)} files")
    sys.exit(VALID if loaded.desired is not None else INVALID)


def _read(paths: Iterable[Path]) -> Revision:
    """One revision of all the paths, with file names as they were given."""
    files: dict[str, SourceFile] = {}
    skipped: dict[str, str] = {}
    for path in paths:
        found = read_folder(str(path), path)
        files.update({_shown(path, name): file for name, file in found.files.items()})
        skipped.update({_shown(path, name): reason for name, reason in found.skipped.items()})
    return Revision("", "", dict(sorted(files.items())), skipped=skipped)


def _shown(path: Path, name: str) -> str:
    return str(path / name if path.is_dir() else path)
