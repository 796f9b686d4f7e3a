"""Pods that have come to their end, as the referee has seen it when something was decided."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from gitpod_sync.model.base import labels
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.pods.pod import RestartPolicy
from simulation.truth import TruePod


@dataclass(frozen=True, slots=True)
class Ended:
    """A pod that ended by itself, before anybody had begun to end it. `at` is in epoch seconds.

    `job` is the UID of the Job that it was made for, `index` the index ("" for none), `version` its template's hash.
    """

    owner: Key
    job: str
    index: str
    succeeded: bool
    at: float
    version: str


@dataclass(slots=True)
class Ledger:
    """`ended` is by UID. What nobody need know any more after a loss of the state is put into `doubtful`.

    It need not be lost: a disk that was full for a second has lost only what was to be written in it.
    `given_up` are the UIDs of pods that were to be ended before they had ended by themselves. One of them may come to
    its end all the same, because the call that was to end it has failed, and nobody can say whether it counts: it is
    in `late`. `begun` are the owners that pods were made for.
    """

    ended: dict[str, Ended] = field(default_factory=dict)
    doubtful: dict[str, Ended] = field(default_factory=dict)
    given_up: set[str] = field(default_factory=set)
    late: dict[str, Ended] = field(default_factory=dict)
    begun: set[Key] = field(default_factory=set)

    def note(self, pods: Iterable[TruePod], leaving: frozenset[str]) -> None:
        """Write down what has ended by now."""
        for pod in pods:
            code = pod.exit_code()
            if pod.uid in self.ended or code is None or pod.template is None:
                continue
            known, policy = pod.template.metadata.labels, pod.template.spec.restart_policy
            if policy is RestartPolicy.ALWAYS or (code and policy is not RestartPolicy.NEVER):
                continue  # it is started again
            at = max(each.finished_at or 0.0 for each in pod.containers)
            end = Ended(pod.owner, job_of(known), index_of(known), code == 0, at, pod.template_hash)
            late = pod.ending or pod.uid in leaving or pod.uid in self.given_up
            (self.late if late else self.ended)[pod.uid] = end

    def bare_pod(self, owner: Key) -> Ended | None:
        """How the last bare pod of that name has ended; None while it has not, and once another one was made."""
        return next((each for each in reversed(self.ended.values()) if each.owner == owner), None)

    def may_be_over(self, owner: Key, *, succeeded: bool) -> bool:
        """Whether a bare pod of that name may be known to have ended so."""
        known = (*self.ended.values(), *self.doubtful.values(), *self.late.values())
        return any(each.owner == owner and each.succeeded is succeeded for each in known)

    def let_go(self, owners: Collection[Key]) -> None:
        """Bare pods that begin anew: Git has asked for them otherwise since, or for a time not at all."""
        self.ended = {uid: each for uid, each in self.ended.items() if each.owner not in owners}
        self.doubtful = {uid: each for uid, each in self.doubtful.items() if each.owner not in owners}
        self.late = {uid: each for uid, each in self.late.items() if each.owner not in owners}

    def forget_unseen(self, pods: Iterable[TruePod]) -> None:
        """What was remembered may be lost: only pods of which something is there can surely tell."""
        present = {pod.uid for pod in pods if pod.exit_code() is not None}
        self.doubtful |= {uid: each for uid, each in self.ended.items() if uid not in present}
        self.ended = {uid: each for uid, each in self.ended.items() if uid in present}


def job_of(known: Mapping[str, str]) -> str:
    """The UID of the Job that the labels of a pod name."""
    return known.get(labels.CONTROLLER_UID, "")


def index_of(known: Mapping[str, str]) -> str:
    """The index that the labels of a pod name."""
    return known.get(labels.COMPLETION_INDEX, "")
