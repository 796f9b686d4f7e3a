"""What went wrong while one pod or one workload was planned."""

from dataclasses import dataclass

from gitpod_sync.model.base.meta import Key
from gitpod_sync.plan.situation import Failure


@dataclass(frozen=True, slots=True)
class Trouble:
    """An error that came of planning one pod or workload (see `doors`): what is remembered of it, and under which key.

    `told` is what its subject is called, `owner` the workload of a pod, `where` the places in our code that the error
    came through (none for what was foreseen), the innermost last.
    """

    key: str
    failure: Failure
    told: str
    door: str
    owner: Key | None = None
    where: tuple[str, ...] = ()
