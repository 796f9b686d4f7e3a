"""The digest that a registry has for a tag, looked up again and again."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ImageDigest:
    """A tag's digest (`sha256:…`) at the `first` look and at the `latest`, which was at `at` (seconds since the epoch).

    The first look says only from where to count: what runs then may be older, and is left alone.
    """

    first: str
    latest: str
    at: float

    @property
    def moved(self) -> bool:
        """Whether the tag names another content than at the first look."""
        return self.latest != self.first
