"""Times that were taken by a clock which may have been set since. All are seconds since the epoch."""

SKEW = 60.0
"""Seconds by which the clocks of two machines may differ: the engine's and ours."""


def lies_ahead(at: float, now: float) -> bool:
    """Whether a time that something has happened at seems to come yet: the clock was set back after it was taken.

    How long ago it truly was nobody can tell. Who waits for something after it waits no longer: what would be a pause
    of seconds would last as long as the clock was set back.
    """
    return at > now + SKEW
