"""The local time of a time zone at an instant. Reads no clock: that is why this module may know `datetime`."""

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

LATEST = 253_370_764_800.0
"""The year 9999: no calendar of ours goes further."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalTime:
    """A reading of clock and calendar."""

    day: int
    """Of the month, from 1."""
    month: int
    """From 1."""
    weekday: int
    """From Sunday, 0."""
    hour: int
    """From 0 to 23."""
    minute: int
    """From 0 to 59."""
    offset: float
    """Seconds east of UTC."""


def is_known_zone(name: str) -> bool:
    """Whether this machine knows the time zone."""
    try:
        _zone(name)
    except (OSError, ValueError, KeyError):
        return False
    return True


def read_local_time(at: float, zone: str) -> LocalTime:
    """The local time in the zone at `at`, seconds since the epoch. Raises what `ZoneInfo` does for an unknown zone."""
    there = datetime.fromtimestamp(at, _zone(zone))
    offset = there.utcoffset()
    return LocalTime(
        day=there.day,
        month=there.month,
        weekday=there.isoweekday() % 7,
        hour=there.hour,
        minute=there.minute,
        offset=offset.total_seconds() if offset is not None else 0.0,
    )


def render_rfc3339(at: float, zone: str = "UTC") -> str:
    """`2024-03-31T03:30:00+02:00`, or with a Z in UTC."""
    return datetime.fromtimestamp(at, _zone(zone)).isoformat(timespec="seconds").replace("+00:00", "Z")


@lru_cache(maxsize=256)
def _zone(name: str) -> tzinfo:
    # UTC needs no table, so that it is known on machines that know no other.
    return UTC if name in {"", "UTC", "Etc/UTC"} else ZoneInfo(name)
