"""What becomes of a rollout that has failed."""

from enum import StrEnum


class OnFailure(StrEnum):
    """HOLD leaves it where it is, as Kubernetes does; ROLLBACK returns to the last revision that was all available."""

    HOLD = "hold"
    ROLLBACK = "rollback"
