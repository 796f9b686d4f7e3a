"""Results of hooks and probes for one container, which no engine remembers.

They are kept by container id and written down, so that a restart of ours neither takes a ready container for an
unready one, nor runs a postStart again, nor forgets why a container had to be ended.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Health:
    """Hooks and probes of one run of one container. Times are seconds since the epoch; None: it has not happened."""

    run: float = 0.0
    """The engine's time at which this run was started: what was learnt of another run says nothing about it."""
    post_started_at: float | None = None
    """When postStart came to its good end."""
    started_at: float | None = None
    """When the startup probe passed."""
    ready_since: float | None = None
    """When the readiness probe last turned to success."""
    unready_since: float | None = None
    """When the readiness probe last turned to failure."""
    failed: str = ""
    """Why the container has to be ended; "" while it has not."""
    failed_by: str = ""
    """What found that: the kind of probe, or postStart; "" while nothing has."""


NOTHING_KNOWN = Health()

POST_START = "postStart"
PRE_STOP = "preStop"
