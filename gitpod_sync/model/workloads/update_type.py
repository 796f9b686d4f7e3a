"""Whether a StatefulSet or DaemonSet replaces pods of an earlier version by itself."""

from enum import StrEnum


class UpdateType(StrEnum):
    """Who ends pods of an earlier version: the controller, or a person (OnDelete); the newest version follows."""

    ROLLING_UPDATE = "RollingUpdate"
    ON_DELETE = "OnDelete"
