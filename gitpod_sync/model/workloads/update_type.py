"""Whether a StatefulSet or DaemonSet replaces pods of an earlier version by itself."""

from enum import StrEnum


class UpdateType(StrEnum):
    """With OnDelete a pod of an earlier version stays until somebody ends it; the one that follows is of the newest."""

    ROLLING_UPDATE = "RollingUpdate"
    ON_DELETE = "OnDelete"
