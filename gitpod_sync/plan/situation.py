"""Everything that a pass is decided from. What is not in here cannot change a plan."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from gitpod_sync.model.base.instance import Instance
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.base.pass_cache import Memo
from gitpod_sync.model.desired import Desired
from gitpod_sync.model.engine.observed import Observed
from gitpod_sync.model.engine.pods import PodIdentity
from gitpod_sync.model.engine.pull_progress import PullProgress
from gitpod_sync.model.pods.pod import PodTemplate
from gitpod_sync.model.records.digest_key import NO_KEY, DigestKey
from gitpod_sync.model.records.health import Health
from gitpod_sync.model.records.interventions import Intervention
from gitpod_sync.model.records.pressure import NO_PRESSURE, Pressure
from gitpod_sync.model.records.records import Record
from gitpod_sync.model.settings import DEFAULT_SETTINGS, Settings
from gitpod_sync.model.workloads.autoscaling import Use

LONGEST_RETRY = 300.0
PULL_RETRY = 10.0
CALL_RETRY = 1.0


class FailureKind(StrEnum):
    """What failed: pulls are retried more slowly than calls (Kubernetes: "Images", ImagePullBackOff).

    A mend is a call that was done; it failed if it is wanted again. A defect is one of ours, in planning.
    """

    PULL = "pull"
    CALL = "call"
    MEND = "mend"
    DEFECT = "defect"


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
class Stop:
    """A container that is being ended. Times are seconds since the epoch.

    `began_at` is when its grace period of `grace` seconds began, `run` which run of it is meant (see `Health`),
    `signalled_at` when it was told to end. `replaces`: a new attempt follows whatever its restart policy says.
    """

    began_at: float
    grace: float
    run: float = 0.0
    signalled_at: float | None = None
    replaces: bool = False

    @property
    def deadline(self) -> float:
        """The end of the grace period."""
        return self.began_at + self.grace


@dataclass(frozen=True, slots=True)
class HookRun:
    """A hook that was begun, of one run of a container (see `Health`).

    `until` is when it is over by itself (a pause), else its operation tells its end.
    """

    run: float
    until: float | None = None
    ended_at: float | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """What Git wants, what the engine holds, and what has been going on.

    `nonce` is fresh for every pass, so that no UID comes back. `busy` are the keys of chains still under way: their
    subjects are left alone. `starting` are pods whose first operations are under way and not observed yet, `leaving`
    the UIDs of those whose end was decided and is under way: they are not promised to anybody any more.
    `ending_since` says when a leftover container (by id) was sent its TERM, `stops` which containers (by id) of pods
    are being ended, `hooks` which hooks were begun (by `hook_key`), `health` what hooks and probes have told of
    containers (by id), `unhealthy` their last bad answers (by id), `failures` what is to be tried again later,
    `pulled_at` when the pull of a chain last succeeded, `pulling` how far those of images that are under way have come.
    Times are seconds since the epoch.

    `written` are the digests of what was written into volumes (as `WriteFiles.volume` names them), `digest_key` is what
    they and the digests in labels are made with. `records` are what controllers wanted to be remembered,
    `interventions` what people have told the daemon. `forgetful` says that whatever was remembered before is lost, or
    that there never was anything. `pressure` is how the node stands after the last look at it, `brought` are the images
    that we have pulled and that were not there before.
    `since` says of what goes on for long (as `Plan.lasting` names it) when it began, `resized` what bare pods (by UID)
    have been brought to where they stand.
    `use` is what containers (by id) used when they were last measured; None: nobody measures here, and no autoscaler
    looks.

    `memo` keeps what was computed before of things that are the same still: it changes how long a plan takes, not what
    is in it.
    """

    instance: Instance
    desired: Desired
    observed: Observed
    now: float
    nonce: str
    busy: frozenset[str] = frozenset()
    starting: tuple[PodIdentity, ...] = ()
    leaving: frozenset[str] = frozenset()
    ending_since: Mapping[str, float] = field(default_factory=dict)
    stops: Mapping[str, Stop] = field(default_factory=dict)
    hooks: Mapping[str, HookRun] = field(default_factory=dict)
    health: Mapping[str, Health] = field(default_factory=dict)
    unhealthy: Mapping[str, str] = field(default_factory=dict)
    failures: Mapping[str, Failure] = field(default_factory=dict)
    pulled_at: Mapping[str, float] = field(default_factory=dict)
    pulling: Mapping[str, PullProgress] = field(default_factory=dict)
    settings: Settings = DEFAULT_SETTINGS
    written: Mapping[str, str] = field(default_factory=dict)
    digest_key: DigestKey = NO_KEY
    records: Mapping[Key, Record] = field(default_factory=dict)
    interventions: tuple[Intervention, ...] = ()
    forgetful: bool = False
    pressure: Pressure = NO_PRESSURE
    brought: frozenset[str] = frozenset()
    since: Mapping[str, float] = field(default_factory=dict)
    resized: Mapping[str, PodTemplate] = field(default_factory=dict)
    use: Mapping[str, Use] | None = None
    memo: Memo = field(default_factory=Memo, compare=False, repr=False)
