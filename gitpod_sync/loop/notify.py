"""Telling systemd how the daemon is doing (sd_notify protocol, `Type=notify`, `WatchdogSec`).

The protocol is one datagram to the socket named by NOTIFY_SOCKET; a leading `@` stands for an abstract socket.
"""

import os
import socket
import time
from collections.abc import Callable, Mapping

from gitpod_sync.model.base.inert import one_line

_PATIENCE = 5.0
"""Seconds that a service manager which reads nothing may hold us up."""


def notify(state: str) -> None:
    """Send `READY=1`, `STOPPING=1`, `WATCHDOG=1` or `STATUS=…`; does nothing when no service manager listens."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
        channel.settimeout(_PATIENCE)
        try:
            # A further line would be a further word to the service manager.
            channel.sendto(one_line(state).encode(), address)
        except OSError:
            return  # a service manager that went away must not stop the daemon


class Watchdog:
    """Tells the service manager that we are alive, as often as it wants to hear it; never, if it does not."""

    def __init__(
        self, environment: Mapping[str, str], process: int, steady: Callable[[], float] = time.monotonic
    ) -> None:
        """Read what systemd has written for this process; another process may only have inherited it."""
        asked = environment.get("WATCHDOG_USEC", "") if environment.get("WATCHDOG_PID") in {None, str(process)} else ""
        self._every = int(asked) / 3e6 if asked.isdigit() and int(asked) else None
        self._steady = steady
        self._fed_at = float("-inf")

    @property
    def wait_at_most(self) -> float | None:
        """Seconds between two calls of `feed`, at most, for it to be fed at least in every third of its time."""
        return None if self._every is None else self._every / 2

    def feed(self) -> None:
        """Say so, unless it was said a moment ago."""
        now = self._steady()
        if self._every is not None and now - self._fed_at >= self._every / 8:
            self._fed_at = now
            notify("WATCHDOG=1")
