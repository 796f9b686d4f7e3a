"""Likely meanings of a word that is nearly right."""

from collections.abc import Iterable
from difflib import get_close_matches

_LONGEST_COMPARED = 64
_CLOSE = 0.75
_SHORTEST_PART = 3


def near_miss(written: str, candidates: Iterable[str]) -> str | None:
    """The candidate that differs by a slip of the hand."""
    if len(written) > _LONGEST_COMPARED:
        return None
    folded = {candidate.lower(): candidate for candidate in candidates if candidate}
    close = get_close_matches(written.lower(), folded, n=1, cutoff=_CLOSE)
    return folded[close[0]] if close else None


def same_with_a_part_more(written: str, candidates: Iterable[str]) -> str | None:
    """The one candidate that begins or ends with the other: `port` → `containerPort`, `environment` → `env`."""
    longer = [each for each in candidates if _is_part(written.lower(), each.lower())]
    return longer[0] if len(longer) == 1 else None


def _is_part(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return len(short) >= _SHORTEST_PART and (long.startswith(short) or long.endswith(short))
