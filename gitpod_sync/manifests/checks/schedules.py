"""Schedules and time zones of CronJobs.

Source of the rules: Kubernetes, "CronJob", schedule syntax: minute, hour, day of month, month, day of week; lists,
ranges, steps, names; `@hourly` and friends; Sunday is 0 and never 7.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, available_timezones

from gitpod_sync.manifests.near_misses import near_miss


@dataclass(frozen=True, slots=True)
class _Field:
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


_NUMBER = re.compile(r"[0-9]{1,4}")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_FIELDS = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day of month", 1, 31),
    _Field("month", 1, 12, _MONTHS),
    _Field("day of week", 0, 6, _DAYS),
)
_SHORTHANDS = ("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly")
_EVERY = re.compile(r"@every [+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h)(([0-9.]+)(ns|us|µs|μs|ms|s|m|h))*")
_LONGEST_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_WITH_ZONE = ("TZ=", "CRON_TZ=")
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a schedule cannot be followed, and what to do."""

    message: str
    hint: str


def fault_of_schedule(written: str) -> Fault | None:
    """What is wrong with a schedule, or None."""
    if any(prefix in written for prefix in _WITH_ZONE):
        return Fault("a schedule names no time zone", "write it as `timeZone`")
    if written.startswith("@"):
        return _fault_of_shorthand(written)
    parts = written.split()
    if len(parts) != len(_FIELDS):
        names = ", ".join(field.name for field in _FIELDS)
        return Fault(f"the schedule has {_counted(len(parts))} instead of 5", f"give {names}, like 0 3 * * 1")
    for field, text in zip(_FIELDS, parts, strict=True):
        fault = _fault_of_field(field, text)
        if fault is not None:
            return fault
    return None


def _counted(number: int) -> str:
    return "1 field" if number == 1 else f"{number} fields"


def _fault_of_shorthand(written: str) -> Fault | None:
    if written in _SHORTHANDS or _EVERY.fullmatch(written):
        return None
    meant = near_miss(written, _SHORTHANDS)
    hint = (
        f"did you mean `{meant}`?" if meant else f"write one of {', '.join(_SHORTHANDS)}, `@every 5m`, or five fields"
    )
    return Fault(f"`{written[:_SHOWN]}` is no schedule", hint)


def _fault_of_field(field: _Field, text: str) -> Fault | None:
    for item in text.split(","):
        span, slash, step = item.partition("/")
        if slash and not (_NUMBER.fullmatch(step) and int(step) > 0):
            message = f"`{item[:_SHOWN]}` in the {field.name}: the step is no number above 0"
            return Fault(message, "write a step like */5")
        if span not in {"*", "?"}:
            fault = _fault_of_span(field, span)
            if fault is not None:
                return fault
    return None


def _fault_of_span(field: _Field, span: str) -> Fault | None:
    first, dash, last = span.partition("-")
    begin, end = field.number(first), field.number(last if dash else first)
    if begin is None or end is None:
        wrong = (first if begin is None else last)[:_SHOWN]
        return Fault(f"`{wrong}` is no {field.name}", _hint(field, wrong))
    if begin > end:
        return Fault(
            f"`{span}` in the {field.name} begins after its end",
            f"write {span.partition('-')[0]}-{field.most},{field.least}-{last}",
        )
    return None


def _hint(field: _Field, written: str) -> str:
    if field.names == _DAYS and written == "7":
        return "write 0 for Sunday"
    names = f", or {field.names[0]} to {field.names[-1]}" if field.names else ""
    return f"use {field.least} to {field.most}{names}"


def never_comes(written: str) -> bool:
    """Whether a schedule without faults is for days that no month has, like 31 February."""
    parts = written.split()
    if len(parts) != len(_FIELDS) or parts[4] not in {"*", "?"}:
        return False
    days, months = _FIELDS[2], _FIELDS[3]
    earliest = min(days.number(re.split(r"[-/]", item)[0]) or 1 for item in parts[2].split(","))
    named = [months.number(item) for item in parts[3].split(",")]
    lengths = [_LONGEST_MONTH[month - 1] for month in named if month is not None]
    return len(lengths) == len(named) and earliest > max(lengths)


@lru_cache(maxsize=256)
def fault_of_time_zone(name: str) -> Fault | None:
    """What is wrong with a time zone, or None; where the machine knows no zones at all, every name is taken."""
    if name.lower() == "local":
        return Fault("`Local` would be another zone on every machine", "name the zone, like Europe/Berlin")
    if _is_known(name) or not _is_known("Europe/London"):
        return None
    meant = near_miss(name, _all_zones())
    return Fault(
        f"nobody knows a time zone `{name[:_SHOWN]}`",
        f"did you mean `{meant}`?" if meant else "write it like Europe/Berlin",
    )


def _is_known(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        return name == "UTC"
    return True


@cache
def _all_zones() -> tuple[str, ...]:
    return tuple(sorted(available_timezones()))
