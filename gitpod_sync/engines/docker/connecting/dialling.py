"""A TCP connection to a port of a pod, by whatever way leads from here to the engine's node.

The engine's API offers no such way: it can attach to a container or make it run a program, and an image need not have a
program that forwards. So the connection goes past the API:

- an engine on this machine: from within the sandbox's network namespace to localhost, as the kubelet does it, which
  also reaches servers that listen on the loopback only; without the right to enter it, to the pod's address;
- an engine behind SSH: the node's sshd connects to the pod's address;
- any other engine: refused, with the remedy.
"""

import ctypes
import os
import socket
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from gitpod_sync.errors import EngineError

_CLONE_NEWNET = 0x40000000
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_TIMEOUT = 10.0


def dial(engine: str, container: str, pid: int, address: str, port: int) -> socket.socket:
    """Connect to a port of the sandbox `container`, whose process is `pid` on the engine's node.

    `engine` is the engine's URL, `address` the pod's ("" for the node's network). Raises `OSError` when nobody listens,
    `EngineError` when there is no way.
    """
    url = urlsplit(engine)
    if url.scheme == "ssh":
        return _dial_over_ssh(url, address or "127.0.0.1", port)
    if url.scheme not in {"unix", "http+unix", ""} and url.hostname not in _LOOPBACK:
        raise EngineError(
            f"there is no way from here to the pods of {url.hostname}", "use the engine as ssh://user@host"
        )
    if not _may_enter(container, pid):
        return socket.create_connection((address or "127.0.0.1", port), _TIMEOUT)
    return _within_namespace(pid, lambda: _connect_to_loopback(port))


def _may_enter(container: str, pid: int) -> bool:
    """Whether the process is what the engine says, and not another one of that number in another PID namespace."""
    try:
        found = Path(f"/proc/{pid}/cgroup").read_text(encoding="utf-8")
        os.close(os.open(f"/proc/{pid}/ns/net", os.O_RDONLY | os.O_CLOEXEC))
    except OSError:
        return False
    return container in found


def _connect_to_loopback(port: int) -> socket.socket:
    try:
        return socket.create_connection(("127.0.0.1", port), _TIMEOUT)
    except OSError:
        try:
            return socket.create_connection(("::1", port), _TIMEOUT)
        except OSError:
            pass
        raise


def _within_namespace(pid: int, connect: Callable[[], socket.socket]) -> socket.socket:
    """A socket belongs to the namespace of the thread that made it, wherever it is used afterwards."""
    results: list[socket.socket | OSError] = []

    def enter_and_connect() -> None:
        try:
            _enter(pid)
            results.append(connect())
        except OSError as error:
            results.append(error)

    thread = threading.Thread(target=enter_and_connect, name="network namespace")
    thread.start()
    thread.join()
    (result,) = results
    if isinstance(result, OSError):
        raise result
    return result


def _enter(pid: int) -> None:
    """Move this thread. Python has setns from 3.12 on."""
    descriptor = os.open(f"/proc/{pid}/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    try:
        if ctypes.CDLL(None, use_errno=True).setns(descriptor, _CLONE_NEWNET) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
    finally:
        os.close(descriptor)


def _dial_over_ssh(url: SplitResult, address: str, port: int) -> socket.socket:
    """The ssh program speaks on one end of a pair of sockets; it ends when ours is closed."""
    near, far = socket.socketpair()
    target = ["-l", url.username] if url.username else []
    target += ["-p", str(url.port)] if url.port else []
    place = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    try:
        # Every part is an argument of its own, and what the user wrote cannot be taken for an option.
        command = ["ssh", "-W", place, *target, "--", url.hostname or ""]
        subprocess.Popen(command, stdin=far.fileno(), stdout=far.fileno())  # noqa: S603
    except OSError as error:
        near.close()
        raise EngineError(f"ssh cannot be run: {error.strerror}", "install an ssh client") from error
    finally:
        far.close()
    return near
