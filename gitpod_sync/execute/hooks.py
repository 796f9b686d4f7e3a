"""A hook carried out to its end, in the calling thread."""

from typing import assert_never

from gitpod_sync.engines.protocol import Engine
from gitpod_sync.errors import HookFailed
from gitpod_sync.model.records.probing import RequestHttp, RunCommand
from gitpod_sync.operations.operations import RunHook

REQUEST_TIMEOUT = 30.0
"""Seconds that a request may take when nothing else bounds it."""


def run_hook(engine: Engine, operation: RunHook) -> None:
    """Raises `HookFailed` when it came to a bad end, `EngineError` when it could not be run at all."""
    match operation.call:
        case RunCommand() as call:
            _run_command(engine, operation, call)
        case RequestHttp() as call:
            _request(call, REQUEST_TIMEOUT if operation.timeout is None else operation.timeout)
        case _ as never:
            assert_never(never)


def _run_command(engine: Engine, operation: RunHook, call: RunCommand) -> None:
    execution = engine.execute_command(operation.id, call.command, operation.timeout)
    if execution.exit_code is None:
        raise HookFailed(f"the command did not end within {operation.timeout:g} s")
    if execution.exit_code != 0:
        raise HookFailed(f"the command ended with {execution.told}")


def _request(call: RequestHttp, timeout: float) -> None:
    import asyncio

    from gitpod_sync.probes.http import request_http

    try:
        answer = asyncio.run(asyncio.wait_for(request_http(call, delivered=True), timeout))
    except TimeoutError as error:
        raise HookFailed(f"no answer within {timeout:g} s") from error
    if not answer.good:
        raise HookFailed(answer.detail)
