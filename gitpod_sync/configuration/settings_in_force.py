"""Every setting with its value and where that comes from: a flag, a variable, a line of the file, or nowhere."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gitpod_sync.configuration.config_lines import Path as Place
from gitpod_sync.configuration.config_lines import line_of
from gitpod_sync.model.base.codec import Json
from gitpod_sync.redaction import redact

DEFAULT = "default"

DEFAULTS: Mapping[Place, Json] = {
    ("instance",): "gitpod-sync",
    ("machine_id",): "",
    ("engine", "parallel_pulls"): 3,
    ("manifests", "strict"): False,
    ("manifests", "ignore_kinds"): [],
    ("manifests", "include"): ["**/*.yaml", "**/*.yml", "**/*.json"],
    ("manifests", "exclude"): [],
    ("manifests", "max_file_bytes"): 10_485_760,
    ("manifests", "max_depth"): 100,
    ("manifests", "max_values"): 500_000,
    ("manifests", "max_aliased_values"): 50_000,
    ("pods", "pids_limit"): 0,
    ("pods", "log_max_size"): "10Mi",
    ("pods", "log_max_files"): 5,
    ("pods", "image_poll"): 0,
    ("eviction", "transition_period"): 300,
    ("eviction", "max_pod_grace"): 30,
    ("eviction", "hard", "memory.available"): "100Mi",
    ("eviction", "hard", "nodefs.available"): "10%",
    ("eviction", "hard", "nodefs.inodesFree"): "5%",
    ("eviction", "hard", "imagefs.available"): "15%",
    ("eviction", "soft"): {},
    ("node", "labels"): {},
    ("node", "taints"): [],
    ("node", "reserve_cpu"): "0",
    ("node", "reserve_memory"): "0",
    ("node", "reserve_storage"): "0",
    ("node", "pods"): 110,
    ("node", "devices"): {},
    ("rollouts", "on_failure"): "hold",
}
"""As they would stand in a file. What follows from the machine and the user is not among them."""

SOURCE_DEFAULTS: Mapping[str, Json] = {
    "name": "source",
    "url": "",
    "branch": "",
    "path": "",
    "poll": 60,
    "allow_empty": False,
}

FLAGS: Mapping[str, Place] = {
    "instance": ("instance",),
    "state_dir": ("state_dir",),
    "machine_id": ("machine_id",),
    "engine": ("engine", "url"),
    "source": ("source", 0, "url"),
    "branch": ("source", 0, "branch"),
    "path": ("source", 0, "path"),
}
"""What each flag stands in for."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting; credentials in its value are left out."""

    key: str
    value: Json
    origin: str


@dataclass(frozen=True, slots=True)
class Said:
    """Given settings and their origin: flags and variables (with their names), and a file with its keys' lines."""

    flags: Mapping[str, tuple[Json, str]]
    document: Mapping[str, Any]
    place: Path
    lines: Mapping[Place, int]


def settings_in_force(said: Said, state_dir: Path) -> tuple[Setting, ...]:
    """All settings, in the order of the example. `state_dir` is the one in use when nothing else is configured."""
    found = _values(said, state_dir)
    flagged = {FLAGS[name]: told for name, told in said.flags.items() if name in FLAGS}
    return tuple(
        Setting(key_of(path), without_credentials(flagged[path][0] if path in flagged else value), origin)
        for path, value, origin in found
        for origin in [flagged[path][1] if path in flagged else origin]
    )


def key_of(path: Place) -> str:
    """`engine.url`, `source[1].poll`, `eviction.hard."memory.available"`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part + 1}]"
        else:
            text += ("." if text else "") + (part if part.replace("_", "").isalnum() else f'"{part}"')
    return text


def without_credentials(value: Json) -> Json:
    """The value with the URLs in it redacted."""
    return redact(value) if isinstance(value, str) else value


def _values(said: Said, state_dir: Path) -> Iterator[tuple[Place, Json, str]]:
    """Paths, values and origins, as if there were no flags; but flags that name a source leave one."""
    defaults = dict(DEFAULTS)
    yield _value(said, ("instance",), defaults.pop(("instance",)), DEFAULT)
    yield _value(said, ("state_dir",), str(state_dir), _origin_of_state_dir())
    yield _value(said, ("engine", "url"), *_engine())
    for path, default in defaults.items():
        yield _value(said, path, default, DEFAULT)
    listed = said.document.get("source", [])
    number = 1 if "source" in said.flags else len(listed) if isinstance(listed, list) else 0
    for index in range(number):
        for name, default in SOURCE_DEFAULTS.items():
            path = ("source", index, name)
            yield (path, default, DEFAULT) if "source" in said.flags else _value(said, path, default, DEFAULT)


def _value(said: Said, path: Place, default: Json, otherwise: str) -> tuple[Place, Json, str]:
    line = line_of(said.lines, path)
    found: Any = said.document
    for part in path:
        if isinstance(part, str) and not (isinstance(found, dict) and part in found):
            return path, default, otherwise
        found = found[part]
    return path, found, f"{said.place}:{line}" if line else str(said.place)


def _engine() -> tuple[str, str]:
    variable = os.environ.get("DOCKER_HOST", "")
    return (variable, "variable DOCKER_HOST") if variable else ("unix:///var/run/docker.sock", DEFAULT)


def _origin_of_state_dir() -> str:
    return "variable XDG_STATE_HOME" if os.geteuid() and os.environ.get("XDG_STATE_HOME") else DEFAULT
