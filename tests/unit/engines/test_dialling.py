"""The ways to a pod's port, by where the engine is."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from gitpod_sync.engines.docker.connecting.dialling import dial
from gitpod_sync.errors import EngineError

NOT_OURS = "0" * 64


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as made:
        yield made


@pytest.mark.parametrize(
    "engine", ["", "unix:///var/run/docker.sock", "tcp://127.0.0.1:2375", "https://localhost:2376"]
)
def test_without_a_namespace_to_enter_it_is_the_pods_address(engine: str, listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    # A process of that number is there, but it is not the container's: another PID namespace counts it.
    for address in ("127.0.0.1", ""):
        with dial(engine, NOT_OURS, os.getpid(), address, port):
            accepted, _ = listener.accept()
            accepted.close()


def test_what_nobody_listens_on_is_refused(free_port: int) -> None:
    with pytest.raises(ConnectionRefusedError):
        dial("", NOT_OURS, os.getpid(), "127.0.0.1", free_port)


def test_there_is_no_way_to_the_pods_of_an_engine_behind_tls() -> None:
    with pytest.raises(EngineError, match=r"no way from here to the pods of far\.example; use the engine as ssh://"):
        dial("https://far.example:2376", NOT_OURS, 1, "10.0.0.2", 80)


def test_behind_ssh_the_nodes_sshd_connects(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "ssh"
    program.write_text('#!/bin/sh\necho "$@"\ncat\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with dial("ssh://me@far.example:2222", NOT_OURS, 1, "10.0.0.2", 80) as near, near.makefile("rb") as received:
        assert received.readline() == b"-W 10.0.0.2:80 -l me -p 2222 -- far.example\n"
        near.sendall(b"there\n")
        assert received.readline() == b"there\n"
        near.shutdown(socket.SHUT_WR)
        assert received.read() == b""


def test_without_an_ssh_client_the_remedy_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EngineError, match="install an ssh client"):
        dial("ssh://far.example", NOT_OURS, 1, "10.0.0.2", 80)
