"""Ways of updates, and the fate of a rollout that has failed."""

from enum import StrEnum


class OnFailure(StrEnum):
    """HOLD leaves it where it is, as Kubernetes does; ROLLBACK returns to the last revision that was all available."""

    HOLD = "hold"
    ROLLBACK = "rollback"


class UpdateType(StrEnum):
    """The way pods of an earlier version end: by the controller, or by a person (OnDelete); the newest follows."""

    ROLLING_UPDATE = "RollingUpdate"
    ON_DELETE = "OnDelete"
