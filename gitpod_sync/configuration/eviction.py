"""The table `[eviction]` of the configuration."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from gitpod_sync.configuration.keys import check_keys
from gitpod_sync.errors import ConfigError, ManifestError
from gitpod_sync.model.base.quantity import Quantity
from gitpod_sync.model.records.pressure import DEFAULT_EVICTION, EvictionSettings, Signal, Threshold

_MOST_PERCENT = 100
_LONGEST = 86_400


def parse_eviction(table: Mapping[str, Any], place: str) -> EvictionSettings:
    """Thresholds of eviction, and what follows. Raises `ConfigError`, naming the key."""
    check_keys(table, ("transition_period", "max_pod_grace", "hard", "soft"), place)
    hard, soft = table.get("hard", {}), table.get("soft", {})
    known = [each.value for each in Signal]
    check_keys(hard, known, f"{place[:-1]}.hard]")
    check_keys(soft, known, f"{place[:-1]}.soft]")
    return EvictionSettings(
        thresholds=(*_hard(hard, f"{place[:-1]}.hard]"), *_soft(soft, f"{place[:-1]}.soft]")),
        hold=_seconds(table, "transition_period", DEFAULT_EVICTION.hold, place),
        pod_grace=int(_seconds(table, "max_pod_grace", DEFAULT_EVICTION.pod_grace, place)),
    )


def _hard(table: Mapping[str, Any], place: str) -> Iterator[Threshold]:
    """Thresholds: the defaults, except where the table gives others; an empty table gives none."""
    for default in DEFAULT_EVICTION.thresholds:
        said = table.get(default.signal)
        threshold = default if said is None else _threshold(default.signal, said, None, place)
        if threshold.amount:
            yield threshold


def _soft(table: Mapping[str, Any], place: str) -> Iterator[Threshold]:
    for name in sorted(table):
        entry = table[name]
        where = f"{place} {name}"
        check_keys(entry, ("below", "grace"), where)
        if "below" not in entry or "grace" not in entry:
            raise ConfigError(f"{where}: below and grace belong together", f"write {_EXAMPLE}")
        yield _threshold(Signal(name), entry["below"], _seconds(entry, "grace", 0, where), place)


_EXAMPLE = '"memory.available" = {below = "500Mi", grace = 90}'


def _threshold(signal: Signal, written: object, grace: float | None, place: str) -> Threshold:
    remedy = f'write an amount or a share, like "{signal}" = "500Mi" or "{signal}" = "10%"'
    text = written if isinstance(written, str) else ""
    try:
        amount = Quantity.parse(text.removesuffix("%")).amount
    except ManifestError as error:
        raise ConfigError(f"{place}: {signal} = {written!r} is not a valid threshold", remedy) from error
    percent = text.endswith("%")
    if amount < 0 or (percent and amount > _MOST_PERCENT):
        raise ConfigError(f"{place}: {signal} = {written!r} can never be met, or always is", remedy)
    return Threshold(signal, Decimal(amount), percent, grace)


def _seconds(table: Mapping[str, Any], key: str, default: float, place: str) -> float:
    value = table.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _LONGEST:
        raise ConfigError(f"{place}: {key} must be a number of seconds, at most a day", f"write {key} = {default:g}")
    return float(value)
