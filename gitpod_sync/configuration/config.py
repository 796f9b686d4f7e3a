"""Configuration: one TOML file, environment variables, flags, in rising order.

`config.example.toml` documents every key.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import click

from gitpod_sync.configuration.eviction import parse_eviction
from gitpod_sync.configuration.keys import check_keys
from gitpod_sync.configuration.log_settings import parse_logs
from gitpod_sync.configuration.node import parse_node
from gitpod_sync.configuration.policy import parse_policy
from gitpod_sync.errors import ConfigError
from gitpod_sync.manifests.policy import DEFAULT_POLICY, Policy
from gitpod_sync.model.base.instance import DEFAULT_INSTANCE
from gitpod_sync.model.settings import DEFAULT_SETTINGS, Settings
from gitpod_sync.model.workloads.rollouts import OnFailure
from gitpod_sync.sources.spec import SourceSpec

DEFAULT_PATH = Path("/etc/gitpod-sync/config.toml")
LONGEST_POLL = 7 * 86_400
SHORTEST_IMAGE_POLL = 1
DEFAULT_PARALLEL_PULLS = 3
MOST_PARALLEL_PULLS = 32

_TABLES = ("engine", "source", "manifests", "pods", "eviction", "node", "rollouts")
_KEYS = ("instance", "state_dir", "machine_id", *_TABLES)
_INSTANCE_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Everything that can be set."""

    instance: str = DEFAULT_INSTANCE
    """The name of this installation on its engine, in the names and labels of all that it makes."""
    state_dir: Path = Path()
    """The folder of the database and of fetched repositories."""
    machine_id: str = ""
    """Tells this machine from others at the same engine; "": its own, or the host name in a container."""
    engine_url: str | None = None
    """None: DOCKER_HOST, else the local socket."""
    parallel_pulls: int = DEFAULT_PARALLEL_PULLS
    """How many images are pulled at the same time."""
    sources: tuple[SourceSpec, ...] = ()
    """Where manifests come from; their names are unique."""
    manifests: Policy = DEFAULT_POLICY
    """How manifests are read."""
    pods: Settings = DEFAULT_SETTINGS
    """What holds for every pod and workload."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flags:
    """Values of flags and environment variables; None where they give none, and the configuration file counts."""

    config: Path | None = None
    """Path of the configuration file."""
    instance: str | None = None
    """See `Config`."""
    state_dir: Path | None = None
    """See `Config`."""
    machine_id: str | None = None
    """See `Config`."""
    engine: str | None = None
    """The engine's URL."""
    source: str | None = None
    """URL or folder of the only source, in place of those in the file."""
    branch: str | None = None
    """The branch of `source`."""
    path: str | None = None
    """The sub-path of `source`."""

    def over(self, other: "Flags") -> "Flags":
        """Flags of both; where these say nothing, the other's values."""
        said = {field.name: value for field in fields(self) if (value := getattr(self, field.name)) is not None}
        return replace(other, **said)


def load_config(flags: Flags, *, without_file: bool = False) -> Config:
    """The configuration in force. Raises `ConfigError` for what cannot be used, naming the key.

    With `without_file` the file of the machine is done without where this user may not read it, which is said on
    standard error.
    """
    config = _read_file(flags.config, without=without_file)
    if flags.source is not None:
        spec = SourceSpec(name="source", url=flags.source, branch=flags.branch or "", path=flags.path or "")
        config = replace(config, sources=(spec,))
    elif flags.branch is not None or flags.path is not None:
        raise ConfigError("--branch and --path belong to --source", "give --source as well")
    state_dir = flags.state_dir or config.state_dir
    config = replace(
        config,
        instance=flags.instance or config.instance,
        state_dir=state_dir,
        manifests=replace(config.manifests, state_dir=str(state_dir.absolute())),
        machine_id=flags.machine_id or config.machine_id,
        engine_url=flags.engine or config.engine_url,
    )
    _check_instance(config.instance)
    return config


def sources_of(config: Config) -> tuple[SourceSpec, ...]:
    """The configured sources; raises `ConfigError` when there is none."""
    if not config.sources:
        raise ConfigError("there is no source", f"give --source URL-or-path, or a [[source]] in {DEFAULT_PATH}")
    return config.sources


def _read_file(path: Path | None, *, without: bool) -> Config:
    place = path or DEFAULT_PATH
    try:
        text = place.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        if path is None:
            return Config(state_dir=default_state_dir())
        raise ConfigError(f"{place} does not exist", "check --config, or GITPOD_SYNC_CONFIG") from error
    except PermissionError as error:
        message = f"{place} may not be read by this user"
        if path is None and without:
            click.echo(f"{message}: going on without it", err=True)
            return Config(state_dir=default_state_dir())
        raise ConfigError(message, "use sudo, or give another file by --config") from error
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise ConfigError(f"{place} cannot be read: {why}", "give a TOML file, like config.example.toml") from error
    try:
        return parse_config(tomllib.loads(text), place)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{place}: {error}", "see config.example.toml") from error


def parse_config(document: Mapping[str, Any], place: Path) -> Config:
    """The configuration in a file. Raises `ConfigError` for the first unusable thing."""
    check_keys(document, _KEYS, f"{place}")
    engine = document.get("engine", {})
    if not isinstance(engine, dict):
        raise ConfigError(f"{place}: engine must be a table", "write [engine] and below it url = …")
    check_keys(engine, ("url", "parallel_pulls"), f"{place}: [engine]")
    entries = document.get("source", [])
    if not isinstance(entries, list):
        raise ConfigError(f"{place}: source must be a list of tables", "write [[source]]")
    sources = tuple(_parse_source(entry, f"{place}: [[source]] {number}") for number, entry in enumerate(entries, 1))
    names = [source.name for source in sources]
    if len(set(names)) < len(names):
        raise ConfigError(f"{place}: two sources have one name", "give every [[source]] a name of its own")
    manifests = document.get("manifests", {})
    if not isinstance(manifests, dict):
        raise ConfigError(f"{place}: manifests must be a table", "write [manifests] and below it strict = …")
    return Config(
        instance=_text(document, "instance", DEFAULT_INSTANCE, f"{place}"),
        machine_id=_text(document, "machine_id", "", f"{place}"),
        state_dir=Path(_text(document, "state_dir", str(default_state_dir()), f"{place}")),
        engine_url=_text(engine, "url", "", f"{place}: [engine]") or None,
        parallel_pulls=_parse_parallel_pulls(engine, f"{place}: [engine]"),
        sources=sources,
        manifests=parse_policy(manifests, f"{place}: [manifests]"),
        pods=replace(
            _parse_pods(document.get("pods", {}), f"{place}: [pods]"),
            eviction=parse_eviction(document.get("eviction", {}), f"{place}: [eviction]"),
            node=parse_node(document.get("node", {}), f"{place}: [node]"),
            on_failure=_parse_on_failure(document.get("rollouts", {}), f"{place}: [rollouts]"),
        ),
    )


def _parse_pods(table: Mapping[str, Any], place: str) -> Settings:
    check_keys(table, ("image_poll", "log_max_files", "log_max_size", "pids_limit"), place)
    limit = table.get("pids_limit", 0)
    if isinstance(limit, bool) or not isinstance(limit, int) or limit < 0:
        raise ConfigError(f"{place}: pids_limit must be a whole number, 0 for no limit", "write pids_limit = 4096")
    poll = table.get("image_poll", 0)
    sound = isinstance(poll, int | float) and not isinstance(poll, bool)
    if not sound or (poll and not SHORTEST_IMAGE_POLL <= poll <= LONGEST_POLL):
        remedy = "write image_poll = 300"
        raise ConfigError(f"{place}: image_poll must be seconds from 1 to a week, or 0 to look never", remedy)
    return Settings(limit, float(poll), parse_logs(table, place))


def _parse_parallel_pulls(table: Mapping[str, Any], place: str) -> int:
    most = table.get("parallel_pulls", DEFAULT_PARALLEL_PULLS)
    if isinstance(most, bool) or not isinstance(most, int) or not 1 <= most <= MOST_PARALLEL_PULLS:
        raise ConfigError(
            f"{place}: parallel_pulls must be from 1 to {MOST_PARALLEL_PULLS}", "write parallel_pulls = 3"
        )
    return most


def _parse_on_failure(table: Mapping[str, Any], place: str) -> OnFailure:
    check_keys(table, ("on_failure",), place)
    said = table.get("on_failure", OnFailure.HOLD)
    if said not in list(OnFailure):
        raise ConfigError(f"{place}: on_failure is hold or rollback", 'write on_failure = "rollback"')
    return OnFailure(said)


def _parse_source(entry: Mapping[str, Any], place: str) -> SourceSpec:
    check_keys(entry, ("name", "url", "branch", "path", "poll", "allow_empty"), place)
    url = _text(entry, "url", "", place)
    if not url:
        raise ConfigError(f"{place}: url is missing", "give the URL or path of the repository")
    poll = entry.get("poll", 60)
    if isinstance(poll, bool) or not isinstance(poll, int | float) or not 0 < poll <= LONGEST_POLL:
        raise ConfigError(f"{place}: poll must be a number of seconds above 0 and at most a week", "write poll = 60")
    allow_empty = entry.get("allow_empty", False)
    if not isinstance(allow_empty, bool):
        raise ConfigError(f"{place}: allow_empty must be true or false", "write allow_empty = true")
    return SourceSpec(
        name=_text(entry, "name", "source", place),
        url=url,
        branch=_text(entry, "branch", "", place),
        path=_text(entry, "path", "", place),
        poll=float(poll),
        allow_empty=allow_empty,
    )


def _text(table: Mapping[str, Any], key: str, default: str, place: str) -> str:
    value = table.get(key, default)
    if not isinstance(value, str):
        raise ConfigError(f"{place}: {key} must be text", f'write it like {key} = "{value}"')
    return value


def _check_instance(name: str) -> None:
    if not name or set(name) - _INSTANCE_CHARACTERS or name.startswith("-") or name.endswith("-"):
        raise ConfigError(
            f"{name!r} is not a valid name for an instance", "use lower-case letters, digits and inner dashes"
        )


def default_state_dir() -> Path:
    """Where the state is if nobody says another place."""
    if os.geteuid() == 0:
        return Path("/var/lib/gitpod-sync")
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local/state") / "gitpod-sync"
