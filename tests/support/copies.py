"""Commands as processes of their own that begin as copies of one that has loaded everything.

Loading takes most of the time of a short command, and a scenario begins many. A copy has its own streams, environment,
signals and end, as what a shell begins. How a program loads is for other tests, and in `make thorough` each
loads itself.
"""

import atexit
import gc
import importlib
import json
import os
import pkgutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, NoReturn, Protocol

LOADED_LATE = ("docker", "git", "jsonschema", "rich.live", "watchdog.observers", "asyncio", "ssl", "h2.connection")
"""Of libraries, what our modules load when a command needs it."""

_LONGEST_REQUEST = 1 << 20


class Program(Protocol):
    """What scenarios do with a process; `subprocess.Popen` and `Copy` can."""

    pid: int
    returncode: int | None

    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def send_signal(self, sig: int) -> None: ...
    def kill(self) -> None: ...


class Copy:
    """A running copy; like `subprocess.Popen`, but for pipes."""

    def __init__(self, arguments: Sequence[str], status: socket.socket) -> None:
        self.returncode: int | None = None
        self._arguments = arguments
        self._status = status
        self._lock = threading.Lock()
        self.pid = int.from_bytes(status.recv(4), "big")
        if not self.pid:
            raise ChildProcessError("the process that copies are made of has ended")

    def poll(self) -> int | None:
        """The exit status, as far as it has ended."""
        return self._receive(0.0)

    def wait(self, timeout: float | None = None) -> int:
        """The exit status. Raises `subprocess.TimeoutExpired`."""
        code = self._receive(timeout)
        if code is None:
            raise subprocess.TimeoutExpired(list(self._arguments), timeout or 0.0)
        return code

    def send_signal(self, sig: int) -> None:
        """Nothing happens to what has ended."""
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, sig)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def _receive(self, timeout: float | None) -> int | None:
        with self._lock:
            if self.returncode is None:
                self._status.settimeout(timeout)
                with suppress(BlockingIOError, TimeoutError):
                    told = self._status.recv(4)
                    self.returncode = int.from_bytes(told, "big", signed=True) if told else -signal.SIGKILL
                    self._status.close()
            return self.returncode


class Commands(ABC):
    """Where tests begin what a person would type."""

    @abstractmethod
    def begin(
        self, arguments: Sequence[str], output: IO[bytes], errors: IO[bytes], env: Mapping[str, str] | None = None
    ) -> Program:
        """A command that goes on by itself, of these words after the name of the program. Nothing is typed into it."""

    @abstractmethod
    def close(self) -> None:
        """No more is begun."""

    def run(
        self, arguments: Sequence[str], env: Mapping[str, str] | None = None, timeout: float = 120.0
    ) -> subprocess.CompletedProcess[bytes]:
        """A command to its end."""
        with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
            program = self.begin(arguments, output, errors, env)
            try:
                status = program.wait(timeout)
            finally:
                program.kill()
            output.seek(0)
            errors.seek(0)
            return subprocess.CompletedProcess(list(arguments), status, output.read(), errors.read())


class Interpreters(Commands):
    """Each command loads itself."""

    def begin(
        self, arguments: Sequence[str], output: IO[bytes], errors: IO[bytes], env: Mapping[str, str] | None = None
    ) -> Program:
        command = [sys.executable, "-m", "gitpod_sync", *arguments]
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=errors, env=env)

    def close(self) -> None:
        pass


class Copies(Commands):
    """Each command is a copy of one process that has loaded everything."""

    def __init__(self) -> None:
        self._requests, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            command = [sys.executable, "-m", "tests.support.copies", str(theirs.fileno())]
            self._process = subprocess.Popen(command, pass_fds=[theirs.fileno()])

    def begin(
        self, arguments: Sequence[str], output: IO[bytes], errors: IO[bytes], env: Mapping[str, str] | None = None
    ) -> Program:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        request = json.dumps([list(arguments), dict(os.environ if env is None else env), str(Path.cwd())]).encode()
        with theirs, open(os.devnull, "rb") as nothing:  # noqa: PTH123 - a descriptor is what is wanted
            handed_on = [nothing.fileno(), output.fileno(), errors.fileno(), theirs.fileno()]
            socket.send_fds(self._requests, [request], handed_on)
        return Copy(arguments, ours)

    def close(self) -> None:
        self._requests.close()
        self._process.wait()


def main() -> None:
    """Load everything, then make a copy for each request."""
    _load()
    requests = socket.socket(fileno=int(sys.argv[1]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C at the tests is for the tests
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for nurses
    while True:
        request, descriptors, _, _ = socket.recv_fds(requests, _LONGEST_REQUEST, 4)
        if not request:
            return
        if os.fork() == 0:
            requests.close()
            _nurse(request, descriptors)
        for each in descriptors:
            os.close(each)


def _load() -> None:
    for name in LOADED_LATE:
        importlib.import_module(name)
    import gitpod_sync  # noqa: PLC0415 - tests that only begin copies need none of it

    for module in pkgutil.walk_packages(gitpod_sync.__path__, "gitpod_sync."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    gc.collect()
    gc.freeze()


def _nurse(request: bytes, descriptors: list[int]) -> NoReturn:
    """Waits for one copy, tells its process id when it begins and its exit status when it has ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    status = socket.socket(fileno=descriptors.pop())
    copy = os.fork()
    if copy == 0:
        status.close()
        _become(request, descriptors)
    for each in descriptors:
        os.close(each)
    status.send(copy.to_bytes(4, "big"))
    _, ended = os.waitpid(copy, 0)
    with suppress(OSError):  # whoever began it has left
        status.send(os.waitstatus_to_exitcode(ended).to_bytes(4, "big", signed=True))
    os._exit(0)


def _become(request: bytes, descriptors: list[int]) -> NoReturn:
    """The command, as a new interpreter would begin it."""
    for target, each in enumerate(descriptors):
        os.dup2(each, target)
        os.close(each)
    arguments, environment, folder = json.loads(request)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    time.tzset()
    sys.argv = ["gitpod-sync", *arguments]
    from gitpod_sync.__main__ import main as run  # noqa: PLC0415 - nobody but a copy is this program

    code: int | str | None = 1
    try:
        run()
    except SystemExit as end:
        code = end.code
    except BaseException:  # noqa: BLE001 - an interpreter would end with it, and so does a copy
        traceback.print_exc()
    finally:
        threading._shutdown()  # type: ignore[attr-defined]  # noqa: SLF001 - what an interpreter does at its end
        atexit._run_exitfuncs()  # noqa: SLF001
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):
                stream.flush()
        os._exit(code if isinstance(code, int) else 0 if code is None else 1)


if __name__ == "__main__":
    main()
