"""When a container that ended is started again.

Source of the numbers: Kubernetes, "Pod Lifecycle", container restarts: the first crash restarts at once, the next ones
after 10 s, 20 s, 40 s … at most 300 s; ten minutes of good running reset the count.
"""

from typing import assert_never

from gitpod_sync.model.base.times import lies_ahead
from gitpod_sync.model.engine.observed import ObservedContainer
from gitpod_sync.model.engine.pods import backoff_of
from gitpod_sync.model.pods.pod import RestartPolicy

FIRST_DELAY = 10.0
LONGEST_DELAY = 300.0
GOOD_RUN = 600.0


def restarts_after(ended: ObservedContainer, policy: RestartPolicy, *, failed: bool = False) -> bool:
    """Whether the policy asks for another attempt after this end. `failed`: a probe or a hook has had it ended."""
    match policy:
        case RestartPolicy.ALWAYS:
            return True
        case RestartPolicy.ON_FAILURE:
            return ended.exit_code != 0 or failed
        case RestartPolicy.NEVER:
            return False
        case _ as never:
            assert_never(never)


def backoff_delay(restarts_in_a_row: int) -> float:
    """Seconds between an end and the next start: 0, 10, 20, 40, 80, 160, 300, 300 … for 0, 1, 2 … restarts in a row."""
    if restarts_in_a_row == 0:
        return 0.0
    # 2 ** 5 * 10 s is past the cap already; the bound keeps the power small.
    return min(FIRST_DELAY * 2.0 ** min(restarts_in_a_row - 1, 5), LONGEST_DELAY)


def restarts_in_a_row(ended: ObservedContainer) -> int:
    """The back-off count of the attempt that follows `ended`, less one: 0 after a first crash or a good run."""
    return 0 if _ran_well(ended) else backoff_of(ended)


def restart_is_due(ended: ObservedContainer, now: float) -> bool:
    """Whether the next attempt may start."""
    return restart_due_at(ended) <= now or lies_ahead(ended.finished_at or ended.created_at, now)


def restart_due_at(ended: ObservedContainer) -> float:
    """The time from which the next attempt may start, unless the clock is set back before it comes."""
    # One that could not be started has no end; it was created to be started at once.
    return (ended.finished_at or ended.created_at) + backoff_delay(restarts_in_a_row(ended))


def _ran_well(ended: ObservedContainer) -> bool:
    return (ended.finished_at or 0.0) - (ended.started_at or 0.0) >= GOOD_RUN
