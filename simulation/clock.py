"""Time as the simulated machine has it: what has truly passed, and what its clock shows."""


class MachineClock:
    """Moves only when it is wound. `elapsed` is in seconds and never goes back; what the clock shows may jump."""

    def __init__(self) -> None:
        self.elapsed = 0.0
        self._set_to = 1_000_000.0
        self.jumps = 0

    def __call__(self) -> float:
        """What it shows: seconds since the epoch."""
        return self._set_to + self.elapsed

    def advance(self, seconds: float) -> None:
        """Time passes."""
        self.elapsed += seconds

    def jump(self, seconds: float) -> None:
        """Somebody, or a time server, sets it."""
        self._set_to += seconds
        self.jumps += 1
