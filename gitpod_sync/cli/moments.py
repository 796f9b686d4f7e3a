"""Times and spans as they are typed and written: `5m`, `1h30m`, `2026-01-31T12:00:00Z`."""

import re
from datetime import UTC, datetime
from typing import Any

import click

_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
_PART = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(h|ms|us|µs|ns|m|s)")
_SPAN = re.compile(rf"(?:{_PART.pattern})+")


class SpanType(click.ParamType[float]):
    """A span of time, in seconds: Go's notation, as kubectl has it."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read it, or fail with the expected shape."""
        if isinstance(value, float):
            return value
        if not _SPAN.fullmatch(str(value)):
            self.fail(f"{value!r} is no span of time; write it like 30s, 5m or 1h30m", param, ctx)
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
            self.fail(f"{value!r} is no time; write it like 2026-01-31T12:00:00Z", param, ctx)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def render_moment(at: float) -> str:
    """RFC 3339, in UTC and whole seconds, as Kubernetes writes times."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
