"""A clock that moves only when it is wound by hand."""


class HandWoundClock:
    """Seconds since the epoch."""

    def __init__(self, now: float = 1_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        """The time it shows."""
        return self.now

    def advance(self, seconds: float) -> None:
        """Wind it on."""
        self.now += seconds
