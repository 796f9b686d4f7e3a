"""The node in the configuration: its table `[node]`."""

import re
from collections.abc import Mapping
from typing import Any

from gitpod_sync.configuration.keys import check_keys
from gitpod_sync.errors import ConfigError, ManifestError
from gitpod_sync.model.base.quantity import Quantity
from gitpod_sync.model.base.selector import is_label_name, is_label_value
from gitpod_sync.model.engine.node import ARCHITECTURE, HOSTNAME, MOST_PODS, OS, NodeSettings
from gitpod_sync.model.pods.requests import CPU, MEMORY, STORAGE, in_units
from gitpod_sync.model.scheduling.taints import Taint, TaintEffect

KEYS = ("labels", "taints", "reserve_cpu", "reserve_memory", "reserve_storage", "pods", "devices")

_RESERVES = {"reserve_cpu": CPU, "reserve_memory": MEMORY, "reserve_storage": STORAGE}
_GIVEN = frozenset({HOSTNAME, OS, ARCHITECTURE})
_TAINT = re.compile(r"(?P<key>[^=:]+)(=(?P<value>[^:]*))?:(?P<effect>\w+)")


def parse_node(table: Mapping[str, Any], place: str) -> NodeSettings:
    """The settings in the table. Raises `ConfigError` that names the place and the key."""
    check_keys(table, KEYS, place)
    taints = table.get("taints", [])
    if not isinstance(taints, list):
        raise ConfigError(f"{place}: taints must be a list of texts", 'write taints = ["key=value:NoSchedule"]')
    pods = table.get("pods", MOST_PODS)
    if isinstance(pods, bool) or not isinstance(pods, int) or pods < 1:
        raise ConfigError(f"{place}: pods must be a whole number of 1 or more", f"write pods = {MOST_PODS}")
    return NodeSettings(
        labels=_labels(table.get("labels", {}), f"{place}: labels"),
        taints=tuple(_taint(each, f"{place}: taints") for each in taints),
        reserved={
            resource: parse_amount(table[key], resource, f"{place}: {key}") for key, resource in _reserves(table)
        },
        devices=_devices(table.get("devices", {}), f"{place}: devices"),
        pods=pods,
    )


def _reserves(table: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(key, resource) for key, resource in _RESERVES.items() if key in table]


def _labels(found: object, place: str) -> Mapping[str, str]:
    if not isinstance(found, Mapping):
        raise ConfigError(f"{place} must be a table", 'write labels = { "disk" = "ssd" }')
    for key, value in found.items():
        if not is_label_name(key) or not isinstance(value, str) or not is_label_value(value):
            raise ConfigError(
                f"{place}: {key} = {value!r} is not a valid label", 'write it like "example.org/disk" = "ssd"'
            )
        if key in _GIVEN:
            raise ConfigError(f"{place}: {key} follows from the engine", "take it out")
    return dict(found)


def _taint(text: object, place: str) -> Taint:
    match = _TAINT.fullmatch(text) if isinstance(text, str) else None
    if match is None or not is_label_name(match["key"]) or not is_label_value(match["value"] or ""):
        raise ConfigError(f"{place}: {text!r} is not a valid taint", "write it like key=value:NoSchedule")
    try:
        return Taint(match["key"], match["value"] or "", TaintEffect(match["effect"]))
    except ValueError as error:
        effects = ", ".join(TaintEffect)
        raise ConfigError(
            f"{place}: {match['effect']} is not a valid effect of a taint", f"it is one of {effects}"
        ) from error


def parse_amount(found: object, resource: str, place: str) -> int:
    """A quantity of a resource in its whole units. Raises `ConfigError` that names the place."""
    try:
        written = isinstance(found, str | int | float) and not isinstance(found, bool)
        amount = in_units(resource, Quantity.parse(str(found))) if written else -1
    except ManifestError as error:
        raise ConfigError(f"{place}: {error.message}", error.remedy) from error
    if amount < 0:
        raise ConfigError(f"{place} must be a quantity", 'write it like "500m" or "2Gi"')
    return amount


def _devices(found: object, place: str) -> Mapping[str, int]:
    if not isinstance(found, Mapping):
        raise ConfigError(f"{place} must be a table", 'write devices = { "nvidia.com/gpu" = 1 }')
    for name, number in found.items():
        if "/" not in name or isinstance(number, bool) or not isinstance(number, int) or number < 0:
            raise ConfigError(
                f"{place}: {name} = {number!r} is not a valid number of devices", 'write "nvidia.com/gpu" = 1'
            )
    return dict(found)
