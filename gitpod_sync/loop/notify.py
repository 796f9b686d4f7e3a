"""Telling systemd how the daemon is doing (sd_notify protocol, `Type=notify`).

The protocol is one datagram to the socket named by NOTIFY_SOCKET; a leading `@` stands for an abstract socket.
"""

import os
import socket


def notify(state: str) -> None:
    """Send `READY=1`, `STOPPING=1` or `STATUS=…`; does nothing when no service manager listens."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
        try:
            channel.sendto(state.encode(), address)
        except OSError:
            return  # a service manager that went away must not stop the daemon
