"""What people type on the command line: spans of time, moments, and label selectors.

Source of the grammars: Go's durations, as kubectl has them; RFC 3339; Kubernetes, "Labels and Selectors", API.
"""

import re
from datetime import UTC, datetime
from typing import Any

import click

from gitpod_sync.model.base.selector import LabelSelector, Requirement, SelectorOperator

_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
_PART = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(h|ms|us|µs|ns|m|s)")
_SPAN = re.compile(rf"(?:{_PART.pattern})+")

_KEY = r"(?P<key>[A-Za-z0-9][A-Za-z0-9._/-]*)"
_SET = re.compile(rf"{_KEY}\s+(?P<operator>in|notin)\s*\((?P<values>[^()]*)\)")
_EQUALITY = re.compile(rf"{_KEY}\s*(?P<operator>==|=|!=)\s*(?P<value>[A-Za-z0-9._-]*)")
_PRESENCE = re.compile(rf"(?P<absent>!?)\s*{_KEY}")
_COMMA = re.compile(r",(?![^()]*\))")
"""A comma that is not inside parentheses."""


class SpanType(click.ParamType[float]):
    """A span of time, in seconds: Go's notation, as kubectl has it."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read it, or fail with the expected shape."""
        if isinstance(value, float):
            return value
        if not _SPAN.fullmatch(str(value)):
            self.fail(f"{value!r} is not a duration; write it like 30s, 5m or 1h30m", param, ctx)
        return sum(float(number) * _SECONDS[unit] for number, unit in _PART.findall(str(value)))


class MomentType(click.ParamType[float]):
    """A moment, in seconds since the epoch: RFC 3339. Without a zone it is UTC."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read it, or fail with the expected shape."""
        if isinstance(value, float):
            return value
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is not a time; write it like 2026-01-31T12:00:00Z", param, ctx)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def parse_selector(text: str) -> LabelSelector:
    """Read a selector. Raises click's usage error for a part that is none."""
    parts = [part.strip() for part in _COMMA.split(text)]
    return LabelSelector(match_expressions=tuple(_parse_requirement(part) for part in parts if part))


def _parse_requirement(part: str) -> Requirement:
    if match := _SET.fullmatch(part):
        operator = SelectorOperator.IN if match["operator"] == "in" else SelectorOperator.NOT_IN
        return Requirement(match["key"], operator, tuple(value.strip() for value in match["values"].split(",")))
    if match := _EQUALITY.fullmatch(part):
        operator = SelectorOperator.NOT_IN if match["operator"] == "!=" else SelectorOperator.IN
        return Requirement(match["key"], operator, (match["value"],))
    if match := _PRESENCE.fullmatch(part):
        operator = SelectorOperator.DOES_NOT_EXIST if match["absent"] else SelectorOperator.EXISTS
        return Requirement(match["key"], operator)
    raise click.UsageError(f"{part!r} is not a term of a selector; write it like app=web,tier!=db or env in (a,b)")
