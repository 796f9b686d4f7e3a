"""The time of a source's next fetch when nobody reports a change. Pure."""

from gitpod_sync.sources.spec import SourceSpec

JITTER = 0.1
LONGEST_BACKOFF = 600.0


def compute_next_fetch(now: float, spec: SourceSpec, failures: int, fraction: float) -> float:
    """The time of the next fetch.

    `fraction` in [0, 1) draws the jitter: many machines that poll one server shall not do it at one moment. After
    failures the interval doubles, up to ten minutes or the poll interval, whichever is longer.
    """
    interval = min(spec.poll * 2.0 ** min(failures, 16), max(LONGEST_BACKOFF, spec.poll)) if failures else spec.poll
    return now + interval * (1 - JITTER + 2 * JITTER * fraction)
