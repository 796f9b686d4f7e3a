"""What went wrong while one pod or one workload was planned."""

from dataclasses import dataclass

from gitpod_sync.model.base.meta import Key
from gitpod_sync.plan.situation import Failure


@dataclass(frozen=True, slots=True)
class Trouble:
    """An error that came of planning one pod or workload (see `doors`)."""

    key: str
    """What it is remembered under."""
    failure: Failure
    """What is remembered of it."""
    told: str
    """What its subject is called."""
    door: str
    """What was being done (see `Door`)."""
    owner: Key | None = None
    """The workload, when it is about a pod."""
    where: tuple[str, ...] = ()
    """The places in our code that the error came through, the innermost last; none for what was foreseen."""
