"""How far a pull has come."""

from dataclasses import dataclass

_UNITS = ((10**9, "GB"), (10**6, "MB"), (10**3, "kB"))


@dataclass(frozen=True, slots=True)
class PullProgress:
    """`done` of `total` bytes and `layers_done` of `layers`, of what is not here yet.

    Both sums grow: an engine tells a layer when it comes to it, and its size when it begins to fetch it.
    """

    done: int = 0
    total: int = 0
    layers_done: int = 0
    layers: int = 0

    def __str__(self) -> str:
        layers = f"{self.layers_done} of {self.layers} layers"
        return f"{render_part(self.done, self.total)}, {layers}" if self.total else layers


def render_part(done: int, total: int) -> str:
    """`34 of 120 MB`: both in the unit that suits the whole."""
    size, unit = next(((size, unit) for size, unit in _UNITS if total >= size), (1, "B"))
    return f"{done // size} of {total // size} {unit}"
