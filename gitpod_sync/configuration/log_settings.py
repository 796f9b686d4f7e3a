"""The logs of containers in the configuration: part of its table `[pods]`."""

from collections.abc import Mapping
from typing import Any

from gitpod_sync.configuration.node import parse_amount
from gitpod_sync.errors import ConfigError
from gitpod_sync.model.pods.requests import MEMORY
from gitpod_sync.model.settings import LogSettings

_FEWEST_FILES = 2
"""As the kubelet has it: with one alone, all of a log would go each time that it is full."""


def parse_logs(table: Mapping[str, Any], place: str) -> LogSettings:
    """The settings in the table. Raises `ConfigError` that names the place and the key."""
    known = LogSettings()
    size, files = table.get("log_max_size", known.max_size), table.get("log_max_files", known.max_files)
    if isinstance(files, bool) or not isinstance(files, int) or files < _FEWEST_FILES:
        raise ConfigError(f"{place}: log_max_files must be a whole number of 2 or more", "write log_max_files = 5")
    return LogSettings(parse_amount(size, MEMORY, f"{place}: log_max_size"), files)
