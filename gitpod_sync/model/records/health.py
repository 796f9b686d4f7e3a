"""What hooks and probes have told of one container, which no engine remembers.

It is kept by container id and written down, so that a restart of ours neither takes a ready container for one that is
not, nor runs a postStart again, nor forgets why a container had to be ended.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Health:
    """One run of one container. Times are seconds since the epoch; None means that it has not happened.

    `run` is the engine's time at which this run was started: what was learnt of an earlier one says nothing any more.
    `post_started_at` is when postStart came to its good end, `started_at` when the startup probe passed, `ready_since`
    when the readiness probe last turned to success, `unready_since` when it last turned to failure. `failed` says why
    the container has to be ended ("" while it has not), `failed_by` what found it: the kind of probe, or postStart.
    """

    run: float = 0.0
    post_started_at: float | None = None
    started_at: float | None = None
    ready_since: float | None = None
    unready_since: float | None = None
    failed: str = ""
    failed_by: str = ""


NOTHING_KNOWN = Health()

POST_START = "postStart"
PRE_STOP = "preStop"
