"""What commands write is read off the engine's stream, wherever a piece of it has got to by then."""

import socket
import struct
from types import SimpleNamespace

from gitpod_sync.engines.docker.files.execution_output import ExecutionOutput


def frame(content: bytes) -> bytes:
    return struct.pack(">BxxxL", 1, len(content)) + content


def test_what_came_together_with_the_head_of_the_answer_is_not_lost() -> None:
    ours, engine = socket.socketpair()
    with ours, engine, ours.makefile("rb") as buffer:
        engine.sendall(b"the head\n" + frame(b"soon"))
        assert buffer.readline() == b"the head\n"
        stream = buffer.raw
        stream._response = SimpleNamespace(raw=SimpleNamespace(_fp=SimpleNamespace(fp=buffer)))  # type: ignore[attr-defined]  # noqa: SLF001
        output = ExecutionOutput(stream)
        engine.sendall(frame(b" and late"))
        engine.shutdown(socket.SHUT_WR)
        output.follow(10)
        assert output.text == "soon and late"
