"""Probes, by the hundred, in one thread: an asyncio loop with a sleeping task a probe.

Only commands need a thread while they run, one of the workers', because the engine's client is synchronous.
"""

import asyncio
import logging
import random
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import assert_never

from gitpod_sync.engines.protocol import Engine
from gitpod_sync.errors import EngineError, EngineUnavailable
from gitpod_sync.model.records.probe_count import begin_count, count_answer
from gitpod_sync.model.records.probing import (
    Answer,
    CheckGrpc,
    ConnectTcp,
    ProbeReport,
    ProbeTarget,
    RequestHttp,
    RunCommand,
)
from gitpod_sync.probes.engine_slowness import EngineSlowness
from gitpod_sync.probes.http import request_http
from gitpod_sync.probes.tcp import connect_tcp
from gitpod_sync.workers import Lane, Workers

log = logging.getLogger(__name__)

_LATE = 1.0
"""Seconds by which a first question must be late for it to be taken as one that another process has asked before."""


class ProbeLoop:
    """A thread of its own from the start; `report` and `complain` are called in it.

    The other methods belong to one other thread. What `complain` is told is wrong with the engine.
    """

    def __init__(
        self,
        engine: Engine,
        workers: Workers,
        report: Callable[[ProbeReport], None],
        complain: Callable[[str], None],
    ) -> None:
        self._engine = engine
        self._workers = workers
        self._report = report
        self._slowness = EngineSlowness(complain)
        self._tasks: dict[ProbeTarget, asyncio.Task[None]] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run_loop, daemon=True, name="probes")
        self._thread.start()

    def probe(self, targets: tuple[ProbeTarget, ...]) -> None:
        """Make these probes from now on."""
        self._loop.call_soon_threadsafe(self._set_targets, targets)

    def close(self) -> None:
        """Ask nothing more, and wait for the thread."""
        asyncio.run_coroutine_threadsafe(self._end(), self._loop)
        self._thread.join(timeout=5)

    def _run_loop(self) -> None:
        self._loop.run_forever()
        self._loop.close()

    def _set_targets(self, targets: tuple[ProbeTarget, ...]) -> None:
        wanted = frozenset(targets)
        for target in self._tasks.keys() - wanted:
            self._tasks.pop(target).cancel()
        for target in targets:
            if target not in self._tasks:
                self._tasks[target] = self._loop.create_task(self._follow(target))

    async def _end(self) -> None:
        """Let every task be cancelled before the loop goes."""
        tasks = tuple(self._tasks.values())
        self._set_targets(())
        await asyncio.gather(*tasks, return_exceptions=True)
        self._loop.stop()

    async def _follow(self, target: ProbeTarget) -> None:
        count = begin_count(target)
        next_at = self._loop.time() + _first_delay(target, time.time())
        while not count.over:
            await asyncio.sleep(next_at - self._loop.time())
            try:
                answer = await self._slowness.weigh(target, await self._ask(target))
            except Exception:
                # A defect of ours says nothing of the container, and must not end its probe unseen.
                log.exception("%s probe of %s", target.kind.value, target.subject)
                answer = None
            # The next question comes a period after this one was due, or now if this one took longer than that. Periods
            # that have passed meanwhile are not made up for.
            next_at = max(next_at + target.period, self._loop.time())
            if answer is None:
                continue
            if not answer.good:
                log.debug("%s probe of %s: %s", target.kind.value, target.subject, answer.detail)
            count, report = count_answer(target, count, answer, time.time())
            if report:
                self._report(report)

    async def _ask(self, target: ProbeTarget) -> Answer | None:
        """The answer; None when the engine does not answer, which says nothing of the container."""
        late = Answer(good=False, detail=f"no answer within {target.timeout:g} s")
        match target.question:
            case RunCommand(command):
                return await self._run_elsewhere(target, command)
            case RequestHttp() as question:
                asking = request_http(question)
            case ConnectTcp() as question:
                asking = connect_tcp(question)
            case CheckGrpc() as question:
                # Loading HTTP/2 costs a megabyte and a half, and few pods speak it.
                from gitpod_sync.probes.grpc import check_grpc

                asking = check_grpc(question)
            case _ as never:
                assert_never(never)
        try:
            return await asyncio.wait_for(asking, target.timeout)
        except TimeoutError:
            return late

    async def _run_elsewhere(self, target: ProbeTarget, command: tuple[str, ...]) -> Answer | None:
        answered: asyncio.Future[Answer | None] = self._loop.create_future()

        def task() -> None:
            answer = None
            try:
                answer = self._run(target, command)
            finally:
                with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                    self._loop.call_soon_threadsafe(_settle, answered, answer)

        self._workers.submit(task, Lane.PROBES)
        return await answered

    def _run(self, target: ProbeTarget, command: tuple[str, ...]) -> Answer | None:
        try:
            execution = self._engine.execute_command(target.container, command, target.timeout, target.kind.value)
        except EngineUnavailable:
            return None
        except EngineError as error:
            return Answer(good=False, detail=error.message)
        if execution.exit_code is None:
            return Answer(good=False, detail=f"the command did not end within {target.timeout:g} s", late=True)
        return Answer(execution.exit_code == 0, "" if execution.exit_code == 0 else execution.told)


def _settle(answered: "asyncio.Future[Answer | None]", answer: Answer | None) -> None:
    if not answered.done():
        answered.set_result(answer)


def _first_delay(target: ProbeTarget, now: float) -> float:
    """Seconds to the first question.

    After a restart of ours all containers are asked anew: what nothing waits for is spread over a period.
    """
    wait = target.begins_at - now
    if wait > -_LATE or not target.passing:
        return wait
    return random.random() * target.period  # noqa: S311 - no secret hangs on it
