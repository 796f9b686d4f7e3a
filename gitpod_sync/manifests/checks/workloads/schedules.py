"""Schedules and time zones of CronJobs: what is wrong with one, in words. `model.cron_fields` has the grammar."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from zoneinfo import available_timezones

from gitpod_sync.manifests.diagnostics.diagnostics import counted
from gitpod_sync.manifests.schema.near_misses import near_miss
from gitpod_sync.model.workloads.cron_fields import ANY, DAYS, FIELDS, SHORTHANDS, Field, seconds_of_every, step_of
from gitpod_sync.model.workloads.local_time import is_known_zone

_LONGEST_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_WITH_ZONE = ("TZ=", "CRON_TZ=")
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a schedule cannot be followed, and what to do."""

    message: str
    hint: str


def fault_of_schedule(written: str) -> Fault | None:
    """The fault of a schedule, or None."""
    if any(prefix in written for prefix in _WITH_ZONE):
        return Fault("a schedule names no time zone", "write it as `timeZone`")
    if written.startswith("@"):
        return _fault_of_shorthand(written)
    parts = written.split()
    if len(parts) != len(FIELDS):
        names = ", ".join(field.name for field in FIELDS)
        return Fault(f"the schedule has {counted(len(parts), 'field')} instead of 5", f"give {names}, like 0 3 * * 1")
    for field, text in zip(FIELDS, parts, strict=True):
        fault = _fault_of_field(field, text)
        if fault is not None:
            return fault
    return None


def _fault_of_shorthand(written: str) -> Fault | None:
    if written in SHORTHANDS or seconds_of_every(written) is not None:
        return None
    meant = near_miss(written, tuple(SHORTHANDS))
    hint = f"did you mean `{meant}`?" if meant else f"write one of {', '.join(SHORTHANDS)}, `@every 5m`, or five fields"
    return Fault(f"`{written[:_SHOWN]}` is not a valid schedule", hint)


def _fault_of_field(field: Field, text: str) -> Fault | None:
    for item in text.split(","):
        span, slash, step = item.partition("/")
        if slash and step_of(step) is None:
            message = f"`{item[:_SHOWN]}` in the {field.name}: the step is not a number above 0"
            return Fault(message, "write a step like */5")
        if span not in ANY:
            fault = _fault_of_span(field, span)
            if fault is not None:
                return fault
    return None


def _fault_of_span(field: Field, span: str) -> Fault | None:
    first, dash, last = span.partition("-")
    begin, end = field.number(first), field.number(last if dash else first)
    if begin is None or end is None:
        wrong = (first if begin is None else last)[:_SHOWN]
        return Fault(f"`{wrong}` is not a valid {field.name}", _hint(field, wrong))
    if begin > end:
        return Fault(
            f"`{span}` in the {field.name} begins after its end",
            f"write {span.partition('-')[0]}-{field.most},{field.least}-{last}",
        )
    return None


def _hint(field: Field, written: str) -> str:
    if field.names == DAYS and written == "7":
        return "write 0 for Sunday"
    names = f", or {field.names[0]} to {field.names[-1]}" if field.names else ""
    return f"use {field.least} to {field.most}{names}"


def never_comes(written: str) -> bool:
    """Whether a schedule without faults is for days that no month has, like 31 February."""
    parts = written.split()
    if len(parts) != len(FIELDS) or parts[4] not in ANY:
        return False
    days, months = FIELDS[2], FIELDS[3]
    earliest = min(days.number(re.split(r"[-/]", item)[0]) or 1 for item in parts[2].split(","))
    named = [months.number(item) for item in parts[3].split(",")]
    lengths = [_LONGEST_MONTH[month - 1] for month in named if month is not None]
    return len(lengths) == len(named) and earliest > max(lengths)


@lru_cache(maxsize=256)
def fault_of_time_zone(name: str) -> Fault | None:
    """The fault of a time zone, or None; where the machine knows no zones at all, every name is taken."""
    if name.lower() == "local":
        return Fault("`Local` would be another zone on every machine", "name the zone, like Europe/Berlin")
    if is_known_zone(name) or not is_known_zone("Europe/London"):
        return None
    meant = near_miss(name, _all_zones())
    return Fault(
        f"unknown time zone `{name[:_SHOWN]}`",
        f"did you mean `{meant}`?" if meant else "write it like Europe/Berlin",
    )


@cache
def _all_zones() -> tuple[str, ...]:
    return tuple(sorted(available_timezones()))
