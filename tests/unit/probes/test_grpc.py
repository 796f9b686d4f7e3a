"""gRPC's health protocol, against a server that speaks HTTP/2 by the same library, and against others."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived, RequestReceived, StreamEnded

from gitpod_sync.model.records.probing import Answer, CheckGrpc
from gitpod_sync.probes.grpc import check_grpc


class Server(threading.Thread):
    """Answers each call with the status of the service; what it does not know is NOT_FOUND, as the protocol says."""

    def __init__(self, statuses: dict[str, int], *, code: str = "0") -> None:
        super().__init__(daemon=True)
        self._statuses = statuses
        self._code = code
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]

    def run(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                self._serve(connection)

    def stop(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _serve(self, connection: socket.socket) -> None:
        http = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
        http.initiate_connection()
        connection.sendall(http.data_to_send())
        message = b""
        while received := connection.recv(65536):
            for event in http.receive_data(received):
                match event:
                    case RequestReceived(headers=headers):
                        assert (":path", "/grpc.health.v1.Health/Check") in [(str(k), str(v)) for k, v in headers or ()]
                    case DataReceived(data=data):
                        message += data or b""
                    case StreamEnded(stream_id=stream):
                        self._answer(http, stream or 0, _service(message))
            connection.sendall(http.data_to_send())

    def _answer(self, http: H2Connection, stream: int, service: str) -> None:
        http.send_headers(stream, [(":status", "200"), ("content-type", "application/grpc")])
        if service not in self._statuses:
            http.send_headers(stream, [("grpc-status", "5"), ("grpc-message", "unknown service")], end_stream=True)
            return
        status = self._statuses[service]
        body = bytes([0x08, status]) if status else b""
        http.send_data(stream, b"\x00" + len(body).to_bytes(4, "big") + body)
        http.send_headers(stream, [("grpc-status", self._code)], end_stream=True)


def _service(message: bytes) -> str:
    """After five bytes of gRPC: a tag, a length of one byte or two, the name; nothing at all for an empty one."""
    length = 2 if message[6:7] >= b"\x80" else 1
    return message[6 + length :].decode()


@contextmanager
def serving(statuses: dict[str, int], *, code: str = "0") -> Iterator[int]:
    server = Server(statuses, code=code)
    server.start()
    yield server.port
    server.stop()
    server.join()


def ask(port: int, service: str = "") -> Answer:
    return asyncio.run(asyncio.wait_for(check_grpc(CheckGrpc("127.0.0.1", port, service)), 5))


def test_serving_is_good_and_nothing_else_is() -> None:
    statuses = {"": 1, "web": 1, "old": 2, "odd": 0, "x" * 200: 1}
    with serving(statuses) as port:
        assert {service: ask(port, service).good for service in statuses} == {
            "": True,
            "web": True,
            "old": False,
            "odd": False,
            "x" * 200: True,
        }
        assert ask(port, "old").detail == "the service says NOT_SERVING"
        assert "unknown service" in ask(port, "none").detail


@pytest.mark.parametrize(("code", "told"), [("12", "does not implement"), ("14", "gRPC status 14")])
def test_a_call_that_fails_is_bad(code: str, told: str) -> None:
    with serving({"": 1}, code=code) as port:
        answer = ask(port)
    assert not answer.good
    assert told in answer.detail


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"])
def test_another_protocol_is_bad(said: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(said)

        thread = threading.Thread(target=serve)
        thread.start()
        answer = ask(listener.getsockname()[1])
        thread.join()
    assert not answer.good
    assert answer.detail


def test_a_port_that_nobody_listens_at_is_bad(free_port: int) -> None:
    assert "cannot connect" in ask(free_port).detail
