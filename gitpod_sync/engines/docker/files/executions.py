"""Running a command in a container.

The engine's API has three calls for it: make, start (which streams the output), inspect (which knows the exit code).
Each of them may take long, so nothing is concluded from how long they took: a command is late only when it was seen
running, and is seen to be still running after its time.
"""

import time
from collections.abc import Iterator

from docker import APIClient
from docker.errors import APIError, NotFound

from gitpod_sync.engines.docker.files.execution_output import ExecutionOutput
from gitpod_sync.engines.protocol import Execution
from gitpod_sync.errors import EngineUnavailable

START_WITHIN = 60.0
"""Seconds after which a command that the engine has taken on and not begun is given up."""

TOLD_WITHIN = 5.0
"""Seconds for which an engine is given time to tell of an end, when no process of the command is found any more."""

LOOK_EVERY = 30.0
"""Seconds between two looks at a command that may take as long as it likes."""

_REST_WITHIN = 2.0
"""Seconds for what a command that has ended has written and that has not come yet."""

_FIRST_LOOK = 0.2
"""Seconds for which the end of a command is awaited before it is asked whether it has begun; most are over by then."""

_TOO_SLOW = "deadline exceeded"
"""What the engine says when a part of it has waited in vain for another."""

_FIRST_PAUSE = 0.005
_LONGEST_PAUSE = 0.5


class Executions:
    """Commands by the thousand, from several threads.

    The engine cannot end a command that hangs, and a probe must not fill its container with them. So of each series of
    commands one runs at a time in a container: the next waits for a late one, and for one of which nothing is known.
    """

    def __init__(self) -> None:
        self._open: dict[tuple[str, str], str] = {}

    def forget(self, container: str) -> None:
        """The container is gone, and its commands with it."""
        for key in [key for key in tuple(self._open) if key[0] == container]:
            self._open.pop(key, None)

    def execute(
        self, client: APIClient, container: str, command: tuple[str, ...], timeout: float | None, series: str = ""
    ) -> Execution:
        """Run it to its end, or for `timeout` seconds from its start.

        Raises `EngineUnavailable` when it cannot be known what came of it. What docker and sockets raise is the
        caller's to translate.
        """
        try:
            return self._execute(client, container, command, timeout, series)
        except APIError as error:
            if _TOO_SLOW in str(error.explanation):
                raise EngineUnavailable("the engine was too slow to run a command") from error
            raise

    def _execute(
        self, client: APIClient, container: str, command: tuple[str, ...], timeout: float | None, series: str
    ) -> Execution:
        before = self._open.get((container, series))
        if before is not None and not _Run(client, container, before).is_over(timeout):
            return Execution(None)
        made = client.exec_create(container, list(command), stdin=False)["Id"]
        if series:
            self._open[container, series] = made
        execution = _Run(client, container, made).carry_out(timeout)
        if execution.exit_code is not None:
            self._open.pop((container, series), None)
        return execution


class _Run:
    """One command that was handed to the engine."""

    def __init__(self, client: APIClient, container: str, identifier: str) -> None:
        self._client = client
        self._container = container
        self._id = identifier
        self._output: ExecutionOutput | None = None

    def carry_out(self, timeout: float | None) -> Execution:
        """Start the command and wait for its outcome."""
        stream = self._client.exec_start(self._id, socket=True)
        self._output = output = ExecutionOutput(stream)
        try:
            output.follow(_FIRST_LOOK if timeout is None else min(timeout, _FIRST_LOOK))
            code = self._follow(timeout)
            if code is not None:
                output.follow(_REST_WITHIN)
        except NotFound as error:
            raise EngineUnavailable("the engine has forgotten a command that it was given") from error
        finally:
            stream.close()
        return Execution(code) if code is None else Execution(code, output.text)

    def is_over(self, timeout: float | None) -> bool:
        """Whether an earlier command has ended, or does within `timeout` seconds. One that never began is over."""
        try:
            return not self._client.exec_inspect(self._id)["Running"] or self._follow(timeout) is not None
        except NotFound:
            return True

    def _follow(self, timeout: float | None) -> int | None:
        """The exit code; None when it has run for `timeout` seconds, and on."""
        process, code = self._await_start()
        if code is not None or timeout is None:
            return self._await_end() if code is None else code
        # It began before this, so its time is over after that.
        until = time.monotonic() + timeout
        given_up_at = None
        for _ in _pauses():
            if self._output is not None:
                self._output.follow(max(0.0, until - time.monotonic()))
            is_due = time.monotonic() >= until
            _, code = self._look()
            if code is not None:
                return code
            if not is_due:
                continue
            given_up_at = given_up_at or time.monotonic() + TOLD_WITHIN
            if self._runs(process) or time.monotonic() >= given_up_at:
                return None
        raise AssertionError

    def _await_start(self) -> tuple[int, int | None]:
        """The number that the engine gives to the command's process, or the exit code when it has ended already."""
        given_up_at = time.monotonic() + START_WITHIN
        for _ in _pauses():
            process, code = self._look()
            if process or code is not None:
                return process, code
            if time.monotonic() >= given_up_at:
                raise EngineUnavailable(f"the engine has not begun a command within {START_WITHIN:g} s")
        raise AssertionError

    def _await_end(self) -> int:
        """The exit code, which the engine knows a moment after the output has ended.

        The engine is asked before that, too: when it goes away and the lost connection goes unnoticed, the output never
        ends.
        """
        for _ in _pauses():
            if self._output is not None:
                self._output.follow(LOOK_EVERY)
            _, code = self._look()
            if code is not None:
                return code
        raise AssertionError

    def _look(self) -> tuple[int, int | None]:
        """The process and the exit code, as far as they are known."""
        found = self._client.exec_inspect(self._id)
        return found["Pid"] or 0, None if found["Running"] else found["ExitCode"]

    def _runs(self, process: int) -> bool:
        """Whether the command's process exists: a stalled engine goes on reporting an ended one as running."""
        try:
            listed = self._client.top(self._container, ps_args="-o pid,stat")
            pid, state = (listed["Titles"].index(title) for title in ("PID", "STAT"))
        except (APIError, KeyError, ValueError):
            return False  # no such program on the engine's machine, or nothing of the container is left
        return any(int(row[pid]) == process and not row[state].startswith("Z") for row in listed["Processes"] or ())


def _pauses() -> Iterator[None]:
    """Again and again, at once first, then ever more rarely."""
    pause = _FIRST_PAUSE
    while True:
        yield
        time.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)
