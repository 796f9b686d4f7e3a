"""Quantities as checks compare them."""

from functools import lru_cache

from gitpod_sync.errors import ManifestError
from gitpod_sync.model.base.quantity import Quantity


@lru_cache(maxsize=4096)
def _parse(text: str) -> Quantity | None:
    try:
        return Quantity.parse(text)
    except ManifestError:
        return None


def amount_of(written: str | float) -> Quantity | None:
    """The quantity, or None when it is none (`.inf` is a number to JSON Schema); the few that people write are kept."""
    return _parse(str(written))
