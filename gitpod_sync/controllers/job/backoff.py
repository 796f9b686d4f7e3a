"""How long a Job waits after failures.

Source of the numbers: Kubernetes, "Jobs", pod backoff failure policy: 10 s after the first failure, then twice as long
after each that follows without a success between them, at most 10 minutes.
"""

FIRST_DELAY = 10.0
LONGEST_DELAY = 600.0


def pod_backoff(failures_in_row: int) -> float:
    """Seconds between the last failure and the next pod: 0, 10, 20, 40, 80, 160, 320, 600, 600 … for 0, 1, 2 …."""
    if failures_in_row == 0:
        return 0.0
    # 2 ** 6 * 10 s is past the cap already; the bound keeps the power small.
    return min(FIRST_DELAY * 2.0 ** min(failures_in_row - 1, 6), LONGEST_DELAY)
