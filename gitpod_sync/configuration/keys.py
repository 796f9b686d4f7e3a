"""Keys of the configuration file: one that nobody knows is an error, never passed over."""

from collections.abc import Collection, Mapping
from difflib import get_close_matches

from gitpod_sync.errors import ConfigError


def check_keys(table: object, known: Collection[str], place: str) -> None:
    """Raise `ConfigError` for what is no table, and for the first unknown key, with the one that was probably meant."""
    if not isinstance(table, Mapping):
        raise ConfigError(f"{place} must be a table", "write its keys as key = value")
    for key in table:
        if key not in known:
            near = get_close_matches(key, known, n=1)
            remedy = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}"
            raise ConfigError(f"{place}: unknown key {key!r}", remedy)
