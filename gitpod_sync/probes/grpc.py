"""gRPC's health checking protocol over HTTP/2 without TLS, as the kubelet asks it.

Source: the gRPC documents "GRPC Health Checking Protocol" and "gRPC over HTTP2". The two messages of the protocol have
one field each, so they are written and read here; HTTP/2 is the business of `h2`.
"""

import asyncio

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import (
    ConnectionTerminated,
    DataReceived,
    Event,
    ResponseReceived,
    StreamEnded,
    StreamReset,
    TrailersReceived,
)
from h2.exceptions import H2Error

from gitpod_sync.model.records.probing import Answer, CheckGrpc
from gitpod_sync.probes.tcp import told

_METHOD = "/grpc.health.v1.Health/Check"
_STATUSES = ("UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN")
_SERVING = 1
_OK, _UNIMPLEMENTED = "0", "12"
_PIECE = 16 * 1024
_PREFIX = 5
"""Bytes before a message: whether it is compressed, and its length in four."""


async def check_grpc(question: CheckGrpc) -> Answer:
    """Ask for the health of the service. Taking too long is the caller's to judge."""
    try:
        reader, writer = await asyncio.open_connection(question.host, question.port)
    except (OSError, OverflowError, UnicodeError) as error:
        return Answer(good=False, detail=told(error, question.host, question.port))
    try:
        call = _Call(question)
        writer.write(call.begin())
        while not call.over:
            received = await reader.read(_PIECE)
            if not received:
                return Answer(good=False, detail="the server closed the connection")
            writer.write(call.receive(received))
        return call.answer()
    except (OSError, ValueError, H2Error) as error:
        return Answer(good=False, detail=f"no gRPC answer from {question.host}:{question.port}: {error}")
    finally:
        writer.transport.abort()


class _Call:
    """One unary call on a connection of its own."""

    def __init__(self, question: CheckGrpc) -> None:
        self._question = question
        self._connection = H2Connection(H2Configuration(client_side=True, header_encoding="utf-8"))
        self._message = bytearray()
        self._headers: dict[str, str] = {}
        self.over = False

    def begin(self) -> bytes:
        """The bytes of the request."""
        host, port = self._question.host, self._question.port
        self._connection.initiate_connection()
        headers = [
            (":method", "POST"),
            (":scheme", "http"),
            (":path", _METHOD),
            (":authority", f"[{host}]:{port}" if ":" in host else f"{host}:{port}"),
            ("content-type", "application/grpc"),
            ("te", "trailers"),
            ("user-agent", "kube-probe/gitpod-sync"),
        ]
        stream = self._connection.get_next_available_stream_id()
        self._connection.send_headers(stream, headers)
        self._connection.send_data(stream, _framed(_health_request(self._question.service)), end_stream=True)
        return self._connection.data_to_send()

    def receive(self, data: bytes) -> bytes:
        """Take in what came; the bytes that have to be sent in turn. Raises `H2Error` for what is no HTTP/2."""
        for event in self._connection.receive_data(data):
            self._take(event)
        return self._connection.data_to_send()

    def answer(self) -> Answer:
        """The server's answer, once the call is over."""
        code = self._headers.get("grpc-status", "")
        if code == _UNIMPLEMENTED:
            return Answer(good=False, detail="the server does not implement grpc.health.v1.Health")
        if code != _OK:
            told_by = self._headers.get("grpc-message") or f"HTTP status {self._headers.get(':status', 'missing')}"
            return Answer(good=False, detail=f"gRPC status {code or 'missing'}: {told_by}")
        status = _health_status(bytes(self._message[_PREFIX:]))
        name = _STATUSES[status] if status < len(_STATUSES) else str(status)
        return Answer(status == _SERVING, "" if status == _SERVING else f"the service says {name}")

    def _take(self, event: Event) -> None:
        match event:
            case ResponseReceived(headers=headers) | TrailersReceived(headers=headers):
                self._headers |= {str(name): str(value) for name, value in headers or ()}
            case DataReceived(data=data, flow_controlled_length=length, stream_id=stream):
                self._message += data or b""
                self._connection.acknowledge_received_data(length or 0, stream or 0)
            case StreamEnded() | StreamReset() | ConnectionTerminated():
                self.over = True
            case _:
                pass  # settings, pings and windows are h2's own


def _framed(message: bytes) -> bytes:
    return b"\x00" + len(message).to_bytes(4, "big") + message


def _health_request(service: str) -> bytes:
    """HealthCheckRequest: field 1, a string; left out when empty."""
    name = service.encode()
    return b"\x0a" + _varint(len(name)) + name if name else b""


def _health_status(message: bytes) -> int:
    """HealthCheckResponse: field 1, an enum, small enough for one byte; 0 when left out."""
    return message[1] if len(message) > 1 and message[0] == 0x08 else 0  # noqa: PLR2004 - field 1, a varint


def _varint(number: int) -> bytes:
    encoded = bytearray()
    while number > 0x7F:  # noqa: PLR2004 - seven bits a byte
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)
