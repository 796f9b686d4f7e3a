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
from gitpod_sync.model.records.image_digest import ImageDigest
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


@dataclass(frozen=True, slots=True, kw_only=True)
class UnderWay:
    """Operations of earlier passes that have not come back yet."""

    chains: frozenset[str] = frozenset()
    """Keys of the chains: their subjects are left alone."""
    starting: tuple[PodIdentity, ...] = ()
    """Pods whose first operations are under way and not observed yet."""
    leaving: frozenset[str] = frozenset()
    """UIDs of pods whose end was decided and is under way: they are not promised to anybody any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Findings of the watchers beside the passes."""

    pressure: Pressure = NO_PRESSURE
    """How the node stands after the last look at it."""
    pulling: Mapping[str, PullProgress] = field(default_factory=dict)
    """How far the pulls that are under way have come, by reference of the image."""
    use: Mapping[str, Use] | None = None
    """What containers (by id) used when they were last measured. None: nobody measures, and no autoscaler looks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """All that earlier passes have left, as the loop's memory has it, or as the database has it for a dry run.

    Times are seconds since the epoch.
    """

    ending_since: Mapping[str, float] = field(default_factory=dict)
    """When a leftover container (by id) was sent its TERM."""
    stops: Mapping[str, Stop] = field(default_factory=dict)
    """Containers (by id) of pods that are being ended."""
    hooks: Mapping[str, HookRun] = field(default_factory=dict)
    """Hooks that were begun, by `hook_key`."""
    health: Mapping[str, Health] = field(default_factory=dict)
    """What hooks and probes have told of containers, by id."""
    unhealthy: Mapping[str, str] = field(default_factory=dict)
    """The last bad answers of containers, by id."""
    written: Mapping[str, str] = field(default_factory=dict)
    """Digests of what was written into volumes, by `WriteFiles.volume`."""
    pulled_at: Mapping[str, float] = field(default_factory=dict)
    """When the pull of a chain last succeeded."""
    brought: frozenset[str] = frozenset()
    """References of the images that were pulled by us and were not there before."""
    failures: Mapping[str, Failure] = field(default_factory=dict)
    """What is to be tried again later, by retry key."""
    since: Mapping[str, float] = field(default_factory=dict)
    """The beginnings of what goes on for long, by the names that `ToRemember.lasting` gives."""
    resized: Mapping[str, PodTemplate] = field(default_factory=dict)
    """The templates that bare pods (by UID) have been brought to where they stand."""
    records: Mapping[Key, Record] = field(default_factory=dict)
    """What controllers wanted to be remembered, by workload."""
    interventions: tuple[Intervention, ...] = ()
    """What people have told the daemon."""
    image_digests: Mapping[str, ImageDigest] = field(default_factory=dict)
    """What followed tags name, by reference, as the last look at their registry found it."""
    forgetful: bool = False
    """Whether all that was remembered before is lost, or there never was anything."""


NOTHING_REMEMBERED = Remembered()


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """All that a plan is computed from. Times are seconds since the epoch."""

    instance: Instance
    """Whose pods they are: the names and labels of all that is ours."""
    desired: Desired
    """What Git asks for, as it is written there."""
    observed: Observed
    """What the engine shows."""
    remembered: Remembered = NOTHING_REMEMBERED
    """What earlier passes have left."""
    under_way: UnderWay = field(default_factory=UnderWay)
    """What earlier passes have begun and has not come back."""
    measured: Measured = field(default_factory=Measured)
    """What watchers have found beside the passes."""
    settings: Settings = DEFAULT_SETTINGS
    """What the configuration says of pods, the node, and evictions."""
    digest_key: DigestKey = NO_KEY
    """What digests in labels, and of what is written into volumes, are made with."""
    now: float
    """The time of the pass, read after the engine."""
    nonce: str
    """Fresh for every pass, so that no UID comes back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeSituation:
    """All that one node goes by: what `look` sees of its pods, and what `act` does about them."""

    instance: Instance
    """Whose pods they are."""
    desired: Desired
    """What Git asks for, as it is in force."""
    observed: Observed
    """What the node's engine shows."""
    remembered: Remembered
    """What earlier passes have left."""
    under_way: UnderWay
    """What earlier passes have begun on the node and has not come back."""
    measured: Measured
    """What watchers have found beside the passes."""
    settings: Settings
    """What the configuration says."""
    digest_key: DigestKey
    """What digests are made with."""
    now: float
    """The time of the pass."""
    memo: Memo = field(compare=False, repr=False)
    """What was computed before of things that are the same still: a plan takes less time with it, and is no other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterSituation:
    """All that is decided from, beside the views of the nodes (see `NodeView`)."""

    instance: Instance
    """Whose pods they are."""
    desired: Desired
    """What Git asks for, as it is in force."""
    unresolved: frozenset[Key]
    """Workloads of which it is not known what is in force: they are as Git has written them."""
    remembered: Remembered
    """What earlier passes have left."""
    use: Mapping[str, Use] | None
    """What containers (by id) used when they were last measured. None: nobody measures, and no autoscaler looks."""
    settings: Settings
    """What the configuration says."""
    now: float
    """The time of the pass."""
    nonce: str
    """Fresh for every pass, so that no UID comes back."""


def split_situation(
    situation: Situation, memo: Memo, unresolved: frozenset[Key] = frozenset()
) -> tuple[NodeSituation, ClusterSituation]:
    """The situation of one machine, as its node sees it and as those see it who decide."""
    node = NodeSituation(
        instance=situation.instance,
        desired=situation.desired,
        observed=situation.observed,
        remembered=situation.remembered,
        under_way=situation.under_way,
        measured=situation.measured,
        settings=situation.settings,
        digest_key=situation.digest_key,
        now=situation.now,
        memo=memo,
    )
    cluster = ClusterSituation(
        instance=situation.instance,
        desired=situation.desired,
        unresolved=unresolved,
        remembered=situation.remembered,
        use=situation.measured.use,
        settings=situation.settings,
        now=situation.now,
        nonce=situation.nonce,
    )
    return node, cluster
