"""The grammar of a schedule's five fields: what is refused and what is followed read the same one.

Source of the rules: Kubernetes, "CronJob", schedule syntax: minute, hour, day of month, month, day of week; lists,
ranges, steps, names; `@hourly` and friends; Sunday is 0 and never 7.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

_NUMBER = re.compile(r"[0-9]{1,4}", re.ASCII)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
ANY = frozenset({"*", "?"})


@dataclass(frozen=True, slots=True)
class Field:
    """A field by name, with the least and the most that stands in it, and the names for that."""

    name: str
    least: int
    most: int
    names: tuple[str, ...] = ()

    def number(self, written: str) -> int | None:
        """The number that a digit or name stands for, in the field's range."""
        lowered = written.lower()
        if lowered in self.names:
            return self.least + self.names.index(lowered)
        number = int(written) if _NUMBER.fullmatch(written) else -1
        return number if self.least <= number <= self.most else None


FIELDS = (
    Field("minute", 0, 59),
    Field("hour", 0, 23),
    Field("day of month", 1, 31),
    Field("month", 1, 12, _MONTHS),
    Field("day of week", 0, 6, DAYS),
)
SHORTHANDS: Mapping[str, str] = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_SECONDS: Mapping[str, float] = {
    "ns": 1e-9,
    "us": 1e-6,
    "µs": 1e-6,
    "μs": 1e-6,
    "ms": 1e-3,
    "s": 1.0,
    "m": 60.0,
    "h": 3600.0,
}
_AMOUNT = r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h)"
_EVERY = re.compile(rf"@every [+]?((?:{_AMOUNT})+)")


def step_of(text: str) -> int | None:
    """The number after a slash; None for what is none above 0."""
    return int(text) if _NUMBER.fullmatch(text) and int(text) > 0 else None


def seconds_of_every(written: str) -> float | None:
    """Seconds between the runs of ``@every 1h30m``, at least one (robfig/cron: ConstantDelaySchedule); else None."""
    match = _EVERY.fullmatch(written)
    if match is None:
        return None
    seconds = sum(float(amount) * _SECONDS[unit] for amount, unit in re.findall(_AMOUNT, match[1]))
    return float(max(1, int(seconds)))
