"""Everything that a pass is decided from. What is not in here cannot change a plan."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from gitpod_sync.model.desired import Desired
from gitpod_sync.model.instance import Instance
from gitpod_sync.model.observed import Observed
from gitpod_sync.model.pods import PodIdentity
from gitpod_sync.model.settings import DEFAULT_SETTINGS, Settings

LONGEST_RETRY = 300.0
PULL_RETRY = 10.0
CALL_RETRY = 1.0


class FailureKind(StrEnum):
    """What failed: pulls are retried more slowly than calls (Kubernetes: "Images", ImagePullBackOff).

    A mend is a call that was done; it failed if it is wanted again.
    """

    PULL = "pull"
    CALL = "call"
    MEND = "mend"


@dataclass(frozen=True, slots=True)
class Failure:
    """An operation that failed `count` times in a row, last at `at`."""

    kind: FailureKind
    count: int
    at: float
    message: str

    @property
    def retry_at(self) -> float:
        """The time from which it may be tried again: pulls after 10, 20, 40 … 300 s, calls after 1, 2, 4 … 300 s."""
        first = PULL_RETRY if self.kind is FailureKind.PULL else CALL_RETRY
        return self.at + min(first * 2.0 ** min(self.count - 1, 10), LONGEST_RETRY)


@dataclass(frozen=True, slots=True)
class Situation:
    """What Git wants, what the engine holds, and what has been going on.

    `nonce` is fresh for every pass, so that no UID comes back. `busy` are the keys of chains still under way: their
    subjects are left alone. `starting` are pods whose first operations are under way and not observed yet.
    `ending_since` says when a pod (by UID) or a leftover container (by id) was sent its TERM, `failures` what is to be
    tried again later, `pulled_at` when an image was last pulled. Times are seconds since the epoch.
    """

    instance: Instance
    desired: Desired
    observed: Observed
    now: float
    nonce: str
    busy: frozenset[str] = frozenset()
    starting: tuple[PodIdentity, ...] = ()
    ending_since: Mapping[str, float] = field(default_factory=dict)
    failures: Mapping[str, Failure] = field(default_factory=dict)
    pulled_at: Mapping[str, float] = field(default_factory=dict)
    settings: Settings = DEFAULT_SETTINGS
