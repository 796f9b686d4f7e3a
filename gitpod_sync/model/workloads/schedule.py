"""When a CronJob runs: the instants at which the clocks of its zone show what its schedule says.

Source of the rules: Kubernetes follows robfig/cron. A time that clocks leave out (spring) is left out, one that they
show twice (autumn) comes twice. Where both the day of the month and that of the week are restricted, one of them
suffices; a field with a step is restricted, `*` alone is not.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from gitpod_sync.model.workloads.cron_fields import ANY, FIELDS, SHORTHANDS, Field, seconds_of_every, step_of
from gitpod_sync.model.workloads.local_time import LATEST, LocalTime, read_local_time

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_HORIZON = 5 * 366 * _DAY
"""Seconds within which a schedule comes, or never does."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """The numbers that each field of a schedule stands for."""

    minutes: frozenset[int] = frozenset()
    """From 0 to 59."""
    hours: frozenset[int] = frozenset()
    """From 0 to 23."""
    days: frozenset[int] = frozenset()
    """Of the month, from 1 to 31."""
    months: frozenset[int] = frozenset()
    """From 1 to 12."""
    weekdays: frozenset[int] = frozenset()
    """From Sunday, 0, to Saturday, 6."""
    both_days: bool = True
    """Whether the day of the month and that of the week have to fit both."""
    every: float = 0.0
    """Seconds between runs, of which the fields then say nothing; 0: the fields count."""

    def has_day(self, local: LocalTime) -> bool:
        """Whether it comes on such a day."""
        of_month, of_week = local.day in self.days, local.weekday in self.weekdays
        fits = (of_month and of_week) if self.both_days else (of_month or of_week)
        return fits and local.month in self.months


@lru_cache(maxsize=1024)
def parse_schedule(written: str) -> Schedule:
    """Raises `ValueError` for what is no schedule; `manifests.checks.schedules` says in words why."""
    every = seconds_of_every(written)
    if every is not None:
        return Schedule(every=every)
    parts = SHORTHANDS.get(written, written).split()
    if len(parts) != len(FIELDS):
        raise ValueError(f"{len(parts)} fields instead of {len(FIELDS)}")
    minutes, hours, days, months, weekdays = (_parse_field(*each) for each in zip(FIELDS, parts, strict=True))
    free = any(_is_free(item) for part in (parts[2], parts[4]) for item in part.split(","))
    return Schedule(minutes, hours, days, months, weekdays, both_days=free)


@lru_cache(maxsize=4096)
def next_time(written: str, zone: str, after: float) -> float | None:
    """The first time of a schedule after a time, both in seconds since the epoch; None when none comes in five years.

    Raises `ValueError` for what is no schedule.
    """
    schedule = parse_schedule(written)
    if schedule.every:
        return float(int(after)) + schedule.every
    at = (int(after) // _MINUTE + 1) * _MINUTE
    last = min(at + _HORIZON, LATEST)
    while at <= last:
        local = read_local_time(at, zone)
        if not schedule.has_day(local):
            at = _skip(at, local, zone, _DAY - local.hour * _HOUR - local.minute * _MINUTE)
        elif local.hour not in schedule.hours:
            at = _skip(at, local, zone, _HOUR - local.minute * _MINUTE)
        elif local.minute not in schedule.minutes:
            at += _MINUTE
        else:
            return float(at)
    return None


def latest_time(written: str, zone: str, after: float, until: float) -> float | None:
    """The last time of a schedule after `after` and not after `until`; None when there is none. Raises as above."""
    every = parse_schedule(written).every
    if every:
        runs = int((until - int(after)) // every)
        return float(int(after)) + runs * every if runs > 0 else None
    # Looked for in ever longer spans before `until`: years of minutes are not walked through.
    for span in (_HOUR, _DAY, 32 * _DAY, 367 * _DAY, _HORIZON):
        begin = max(after, until - span)
        found = max(_times(written, zone, begin, until), default=None)
        if found is not None or begin == after:
            return found
    return None


def _times(written: str, zone: str, after: float, until: float) -> Iterator[float]:
    at = next_time(written, zone, after)
    while at is not None and at <= until:
        yield at
        at = next_time(written, zone, at)


def _skip(at: int, local: LocalTime, zone: str, seconds: int) -> int:
    """Further by so much, but not over a moment at which the clocks are changed: they are read anew before it."""
    for step in (seconds, _HOUR - local.minute * _MINUTE):
        if step <= seconds and at + step < LATEST and read_local_time(at + step, zone).offset == local.offset:
            return at + step
    return at + _MINUTE


def _parse_field(field: Field, text: str) -> frozenset[int]:
    return frozenset(number for item in text.split(",") for number in _parse_item(field, item))


def _parse_item(field: Field, item: str) -> range:
    span, slash, step_text = item.partition("/")
    step = step_of(step_text) if slash else 1
    first_text, dash, last_text = span.partition("-")
    if span in ANY:
        first, last = field.least, field.most
    else:
        begin, end = field.number(first_text), field.number(last_text if dash else first_text)
        if begin is None or end is None or begin > end:
            raise ValueError(f"`{span}` is not a valid {field.name}")
        # 5/15 means from 5 on, every 15.
        first, last = begin, field.most if slash and not dash else end
    if step is None:
        raise ValueError(f"`{item}` has no step above 0")
    return range(first, last + 1, step)


def _is_free(item: str) -> bool:
    """Whether it stands for every day, so that the other field alone decides."""
    span, _, step = item.partition("/")
    return span in ANY and step_of(step or "1") == 1
