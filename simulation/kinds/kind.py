"""What a kind of workload has to say of itself to be put on trial."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from gitpod_sync.model.base.meta import Key
from simulation.asked import Asked
from simulation.draw import Draw
from simulation.ledger import Ledger
from simulation.truth import Touched, TruePod
from simulation.verdicts import Verdicts

C = TypeVar("C", bound=Asked)
L_co = TypeVar("L_co", bound=Asked, covariant=True)


@dataclass(frozen=True, slots=True)
class Birth:
    """A pod that a plan makes, with the labels of its sandbox."""

    name: str
    uid: str
    template_hash: str
    labels: Mapping[str, str]
    owner: Key


@dataclass(frozen=True, slots=True)
class Look(Generic[L_co]):
    """One workload at the moment of a decision, and what was decided. Times are seconds since the epoch.

    `pods` are its own, with all that is of them on the engine. `coming` are pods that were decided on earlier and are
    not there yet, `leaving` the UIDs of those whose end was decided earlier and has not shown yet. `born` and `ended`
    are this decision's. `touched` is what somebody's hand has been on, `ledger` what has come to its end by now.
    `held_up` are the names of pods for which something waits, failed or is under way still. `is_complete` says what the
    controller says.
    `clock_was_set` and `state_was_lost` are true from then on for ever.
    """

    workload: L_co
    now: float
    pods: tuple[TruePod, ...]
    coming: tuple[Birth, ...]
    leaving: frozenset[str]
    born: tuple[Birth, ...]
    ended: frozenset[str]
    verdicts: Verdicts
    touched: Touched
    ledger: Ledger
    held_up: frozenset[str]
    is_complete: bool
    clock_was_set: bool
    state_was_lost: bool

    def surely_standing(self) -> list[TruePod]:
        """Pods that are there, whose end is not under way, and that nobody's hand has been on."""
        there = [pod for pod in self.pods if pod.standing and pod.uid not in self.leaving]
        return [pod for pod in there if not self.touched.has(pod)]

    def available(self, min_ready_seconds: int, *, without: Collection[str] = ()) -> list[TruePod]:
        """Pods that are available, but for some UIDs."""
        return [
            pod
            for pod in self.pods
            if pod.uid not in without and pod.available(self.verdicts, self.now, min_ready_seconds)
        ]


class Kind(Protocol[C]):
    """Draws workloads of one kind, and judges what becomes of them: a sentence for every broken promise."""

    name: str

    def draw(self, draw: Draw, name: str) -> C:
        """A new one."""
        ...

    def change(self, draw: Draw, workload: C, version: int) -> C:
        """The next version of it that Git might bring."""
        ...

    def heal(self, workload: C) -> C:
        """The same such that it can come to where it is meant to."""
        ...

    def tell(self, workload: C) -> str:
        """In words."""
        ...

    def judge(self, look: Look[C]) -> Iterator[str]:
        """What a decision breaks."""
        ...

    def judge_rest(self, look: Look[C]) -> Iterator[str]:
        """What is not as it should be once everything has come to rest."""
        ...
