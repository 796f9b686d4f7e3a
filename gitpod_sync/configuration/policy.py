"""How manifests are read, as the table `[manifests]` of the configuration and the flags of `validate` say it."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gitpod_sync.configuration.keys import check_keys
from gitpod_sync.errors import ConfigError
from gitpod_sync.manifests.policy import DEFAULT_POLICY, Policy
from gitpod_sync.manifests.selection.patterns import compile_patterns
from gitpod_sync.manifests.yaml.limits import DEFAULT_LIMITS, Limits
from gitpod_sync.sources.files import LARGEST_FILE

KEYS = (
    "strict",
    "ignore_kinds",
    "include",
    "exclude",
    "max_file_bytes",
    "max_depth",
    "max_values",
    "max_aliased_values",
)

MOST_DEPTH = 200
"""Reading and validating call themselves for every level, and Python has no more room for calls than this needs."""

_KIND = re.compile(r"[A-Z][A-Za-z0-9]*(\.[a-z0-9.-]+)?|\*\.[a-z0-9.-]+")


def parse_policy(table: Mapping[str, Any], place: str) -> Policy:
    """The policy that the table asks for. Raises `ConfigError` that names the place and the key."""
    check_keys(table, KEYS, place)
    if table.get("include") == []:
        raise ConfigError(f"{place}: include is empty, so nothing would be read", "leave it out to read all files")
    limits = Limits(
        file_bytes=_number(table, "max_file_bytes", DEFAULT_LIMITS.file_bytes, LARGEST_FILE, place),
        depth=_number(table, "max_depth", DEFAULT_LIMITS.depth, MOST_DEPTH, place),
        nodes=_number(table, "max_values", DEFAULT_LIMITS.nodes, None, place),
        aliased_nodes=_number(table, "max_aliased_values", DEFAULT_LIMITS.aliased_nodes, None, place),
    )
    return Policy(
        strict=_flag(table, "strict", place),
        ignore_kinds=_texts(table, "ignore_kinds", DEFAULT_POLICY.ignore_kinds, check_kind, place),
        include=_texts(table, "include", DEFAULT_POLICY.include, check_pattern, place),
        exclude=_texts(table, "exclude", DEFAULT_POLICY.exclude, check_pattern, place),
        limits=limits,
    )


def override_policy(
    policy: Policy, *, strict: bool | None, ignore_kinds: Sequence[str], include: Sequence[str], exclude: Sequence[str]
) -> Policy:
    """The policy with what flags say; a list that a flag gives stands in for the one of the file.

    Raises `ConfigError` for a kind or pattern that is none.
    """
    for name in ignore_kinds:
        check_kind(name, "--ignore-kind")
    for option, patterns in (("--include", include), ("--exclude", exclude)):
        for pattern in patterns:
            check_pattern(pattern, option)
    return Policy(
        strict=policy.strict if strict is None else strict,
        ignore_kinds=tuple(ignore_kinds) or policy.ignore_kinds,
        include=tuple(include) or policy.include,
        exclude=tuple(exclude) or policy.exclude,
        limits=policy.limits,
        state_dir=policy.state_dir,
    )


def check_kind(name: str, place: str) -> None:
    """Raise `ConfigError` for what names no kinds."""
    if not _KIND.fullmatch(name):
        remedy = "write it like Certificate, Certificate.cert-manager.io or *.cert-manager.io"
        raise ConfigError(f"{place}: {name!r} names no kind", remedy)


def check_pattern(pattern: str, place: str) -> None:
    """Raise `ConfigError` for what can match no path below a source."""
    try:
        compile_patterns((pattern,))
    except ConfigError as error:
        raise ConfigError(f"{place}: {error.message}", error.remedy) from error


def _flag(table: Mapping[str, Any], key: str, place: str) -> bool:
    value = table.get(key, False)
    if not isinstance(value, bool):
        raise ConfigError(f"{place}: {key} must be true or false", f"write it like {key} = true")
    return value


def _number(table: Mapping[str, Any], key: str, default: int, most: int | None, place: str) -> int:
    value = table.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int) or value < 1 or (most and value > most):
        span = f"from 1 to {most}" if most else "above 0"
        raise ConfigError(f"{place}: {key} must be a whole number {span}", f"write it like {key} = {default}")
    return value


def _texts(
    table: Mapping[str, Any], key: str, default: tuple[str, ...], check: Callable[[str, str], None], place: str
) -> tuple[str, ...]:
    values = table.get(key, default)
    if not isinstance(values, list | tuple) or not all(isinstance(value, str) for value in values):
        raise ConfigError(f"{place}: {key} must be a list of texts", f'write it like {key} = ["…"]')
    for value in values:
        check(value, f"{place}: {key}")
    return tuple(values)
