"""`gitpod-sync config check`: the settings in force, where each comes from, and what is wrong with them."""

import json
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

import click

from gitpod_sync.cli.options import ORIGINS, common_options, flags_of, unknown_variables
from gitpod_sync.configuration.config import DEFAULT_PATH, Flags, default_state_dir, load_config, parse_config
from gitpod_sync.configuration.config_lines import key_lines
from gitpod_sync.configuration.settings_in_force import Said, Setting, settings_in_force
from gitpod_sync.errors import GitpodSyncError
from gitpod_sync.redaction import redact
from gitpod_sync.resources.tables import render_cells
from gitpod_sync.sources.address import check_address, check_name, check_path, local_path
from gitpod_sync.sources.local import is_repository
from gitpod_sync.sources.named import read_named_at
from gitpod_sync.sources.spec import SourceSpec

SOUND, WRONG = 0, 1


@click.group()
def command() -> None:
    """The configuration: the settings in force, and what is wrong with them."""


@command.command()
@click.option("--output", "-o", type=click.Choice(["text", "json"]), default="text", show_default=True)
@common_options
@click.pass_context
def check(context: click.Context, output: str) -> None:
    """Show every setting with where it comes from: a flag, a variable, a line of the file, or the default.

    Neither the engine nor a remote repository is asked. Exit status: 0 sound, 1 something is wrong, which is shown.
    """
    flags = flags_of(context)
    said = _read(flags, context.meta.get(ORIGINS, {}))
    problems = tuple(dict.fromkeys(_problems(flags, said)))
    settings = settings_in_force(said, default_state_dir())
    if output == "json":
        found = [{"key": each.key, "value": each.value, "from": each.origin} for each in settings]
        click.echo(json.dumps({"settings": found, "problems": problems}, indent=2, ensure_ascii=False))
    else:
        click.echo(_render(settings))
        for problem in problems:
            click.echo(problem, err=True)
    sys.exit(WRONG if problems else SOUND)


def _read(flags: Flags, origins: Mapping[str, str]) -> Said:
    """Settings as far as they can be read; unreadable ones are among the problems."""
    place = flags.config or DEFAULT_PATH
    document: Mapping[str, Any] = {}
    text = ""
    try:
        text = place.read_text(encoding="utf-8")
        document = tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        text = ""
    values = {name: str(getattr(flags, name)) for name in origins}
    said = {name: (value, origins[name]) for name, value in values.items()}
    return Said(said, document, place, key_lines(text))


def _problems(flags: Flags, said: Said) -> Iterator[str]:
    yield from unknown_variables()
    whole = _problem(lambda: load_config(flags))
    if whole is None:
        for spec in load_config(flags).sources:
            yield from _problems_of(spec)
        return
    told = list({str(each): each for key in said.document for each in _problems_of_key(key, said)}.values())
    for error in told if any(str(each) == str(whole) for each in told) else [whole, *told]:
        yield _with_line(error, said)
    for entry in _sources(said.document):
        with suppress(GitpodSyncError):
            for spec in parse_config({"source": [entry]}, said.place).sources:
                yield from _problems_of(spec)


def _problems_of_key(key: str, said: Said) -> Iterator[GitpodSyncError]:
    """Of one table at a time, and where that has a mistake of each of its keys, so that the first hides no other."""
    value = said.document[key]
    whole = _problem(partial(parse_config, {key: value}, said.place))
    if whole is None:
        return
    yield whole
    # The thresholds of evictions say something together only.
    for name, each in value.items() if isinstance(value, dict) and key != "eviction" else ():
        error = _problem(partial(parse_config, {key: {name: each}}, said.place))
        if error is not None:
            yield error


def _sources(document: Mapping[str, Any]) -> Sequence[Any]:
    found = document.get("source", [])
    return found if isinstance(found, list) else []


def _problem(attempt: Callable[[], object]) -> GitpodSyncError | None:
    try:
        attempt()
    except GitpodSyncError as error:
        return error
    return None


def _problems_of(spec: SourceSpec) -> Iterator[str]:
    """Problems of a source that can be found without asking for it."""
    checks: tuple[Callable[[], object], ...] = (
        partial(check_address, spec.url),
        partial(check_name, "branch", spec.branch),
        partial(check_path, spec.path),
    )
    yield from (f"source {spec.name}: {error}" for check in checks if (error := _problem(check)))
    path = local_path(spec.url)
    if path is None:
        return
    if not path.exists():
        yield f"source {spec.name}: {redact(spec.url)} does not exist; check the path"
    elif is_repository(path):
        if error := _problem(partial(read_named_at, [str(path / spec.path)], spec.branch or "HEAD")):
            yield f"source {spec.name}: {error}"
    elif not (path / spec.path).exists():
        yield f"source {spec.name}: {redact(spec.url)} has no {spec.path!r}; check the path"


def _with_line(error: GitpodSyncError, said: Said) -> str:
    """The error with the line of the key that it is about, where its words show the key."""
    words = set(error.message.replace("'", " ").replace(":", " ").replace("]", " ").replace("[", " ").split())
    about = [(line, path) for path, line in said.lines.items() if {str(part) for part in path if part != 0} & words]
    named = [(line, path) for line, path in about if str(path[-1]) in words]
    if not named:
        return str(error)
    line, _ = max(named, key=lambda found: (sum(str(part) in words for part in found[1]), -found[0]))
    return f"{said.place}:{line}:{str(error).removeprefix(f'{said.place}:')}"


def _render(settings: Sequence[Setting]) -> str:
    rows = [(each.key, _text(each.value), each.origin) for each in settings]
    return render_cells([("KEY", "VALUE", "FROM"), *rows])


def _text(value: Any) -> str:
    return value or '""' if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
