"""The arithmetic of a rolling update.

Source of the rules: Kubernetes, "Deployments", rolling update: never fewer available pods than replicas −
maxUnavailable, never more pods than replicas + maxSurge. maxSurge rounds up, maxUnavailable rounds down, and both 0
means maxUnavailable 1. Pods that are being ended count in neither.

A worked example, 10 replicas at 25 % / 25 %: surge 3, unavailable 2. First pass: 10 old pods are available; 3 new ones
may come (13 in all) and 2 old ones may go (8 available). Then every new pod that becomes available lets one old pod
go, and every old pod that went lets one new pod come.
"""

from dataclasses import dataclass

from gitpod_sync.model.workloads.workloads import RollingUpdate


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many pods there may be at most, and how many must be available at least."""

    most: int
    available: int


def compute_bounds(replicas: int, rolling: RollingUpdate) -> Bounds:
    """Bounds for `replicas` pods, percentages resolved."""
    surge = rolling.max_surge.of(replicas, round_up=True)
    unavailable = rolling.max_unavailable.of(replicas, round_up=False)
    if surge == 0 and unavailable == 0:
        unavailable = 1
    return Bounds(replicas + surge, max(0, replicas - unavailable))


@dataclass(frozen=True, slots=True)
class Counts:
    """Pods that stand (neither lost nor being ended), by version, and how many of each are available."""

    new: int
    new_available: int
    old: int
    old_available: int

    @property
    def total(self) -> int:
        """All standing pods."""
        return self.new + self.old


def compute_new_to_create(replicas: int, counts: Counts, bounds: Bounds) -> int:
    """How many pods of the new version may come now."""
    return max(0, min(replicas - counts.new, bounds.most - counts.total))


def compute_old_to_end(counts: Counts, bounds: Bounds) -> tuple[int, int]:
    """How many old pods may go now: (of those not available, of those available).

    Not available ones go first, since they take nothing from what is promised; yet new pods that are not available
    either are counted against them, so that a stuck rollout does not eat up all of the old version.
    """
    new_unavailable = counts.new - counts.new_available
    room = max(0, counts.total - bounds.available - new_unavailable)
    spare = max(0, counts.new_available + counts.old_available - bounds.available)
    return min(room, counts.old - counts.old_available), min(spare, counts.old_available)
