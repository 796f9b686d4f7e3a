"""Orders on files, obeyed by the program of a running sandbox: see the head of sandbox/amd64.S."""

import time
from collections.abc import Sequence

from docker import APIClient

from gitpod_sync.errors import EngineError

_PROGRAM = "/sandbox"
_LOOK_AGAIN = 0.02
"""Seconds. The end is asked for, not waited for in one call: a large tree takes longer than a call may."""


def execute_orders(client: APIClient, sandbox: str, orders: Sequence[str], group: int = 0) -> None:
    """Have them done, as root and a member of `group`. Raises `EngineError` when one of them failed."""
    made = client.exec_create(sandbox, [_PROGRAM, *orders], user=f"0:{group}")
    client.exec_start(made["Id"], detach=True)
    _wait_for_end(client, made["Id"], orders)


def read_by_orders(client: APIClient, sandbox: str, orders: Sequence[str]) -> bytes:
    """Have them done, as root, for what they write to standard output. Raises `EngineError` when one of them failed."""
    made = client.exec_create(sandbox, [_PROGRAM, *orders], user="0:0", stderr=False)
    found: bytes = client.exec_start(made["Id"])
    _wait_for_end(client, made["Id"], orders)
    return found


def _wait_for_end(client: APIClient, execution: str, orders: Sequence[str]) -> None:
    while (found := client.exec_inspect(execution))["Running"] or found["ExitCode"] is None:
        time.sleep(_LOOK_AGAIN)
    code = found["ExitCode"]
    if code:
        words = " ".join(orders)
        raise EngineError(f"the sandbox's program could not do all of `{words}` (exit code {code})")
