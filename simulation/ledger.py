"""Pods that have come to their end, as the referee has seen it when something was decided."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from gitpod_sync.model import labels
from gitpod_sync.model.meta import Key
from gitpod_sync.model.pod import RestartPolicy
from simulation.truth import TruePod


@dataclass(frozen=True, slots=True)
class Ended:
    """A pod that ended by itself, before anybody had begun to end it. `at` is in epoch seconds.

    `job` is the UID of the Job that it was made for, `index` the index ("" for none).
    """

    owner: Key
    job: str
    index: str
    succeeded: bool
    at: float


@dataclass(slots=True)
class Ledger:
    """`ended` is by UID. What nobody could know any more after a loss of the state is taken out by `forget_unseen`."""

    ended: dict[str, Ended] = field(default_factory=dict)

    def note(self, pods: Iterable[TruePod], leaving: frozenset[str]) -> None:
        """Write down what has ended by now."""
        for pod in pods:
            code = pod.exit_code()
            if pod.uid in self.ended or code is None or pod.ending or pod.uid in leaving or pod.template is None:
                continue
            if code and pod.template.spec.restart_policy is not RestartPolicy.NEVER:
                continue  # it is started again
            at = max(each.finished_at or 0.0 for each in pod.containers)
            known = pod.template.metadata.labels
            self.ended[pod.uid] = Ended(pod.owner, job_of(known), index_of(known), code == 0, at)

    def forget_unseen(self, pods: Iterable[TruePod]) -> None:
        """What was remembered is lost: only pods of which something is there can still tell."""
        present = {pod.uid for pod in pods if pod.exit_code() is not None}
        self.ended = {uid: each for uid, each in self.ended.items() if uid in present}


def job_of(known: Mapping[str, str]) -> str:
    """The UID of the Job that the labels of a pod name."""
    return known.get(labels.CONTROLLER_UID, "")


def index_of(known: Mapping[str, str]) -> str:
    """The index that the labels of a pod name."""
    return known.get(labels.COMPLETION_INDEX, "")
