"""HTTP probes against real servers on the loopback."""

import asyncio
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from gitpod_sync.model.pods.probe import HttpHeader, Scheme
from gitpod_sync.model.records.probing import Answer, ConnectTcp, RequestHttp
from gitpod_sync.probes.http import request_http
from gitpod_sync.probes.tcp import connect_tcp


class Handler(BaseHTTPRequestHandler):
    """`/status/N` answers N, `/to/…` redirects; the last request's headers are kept at the server."""

    def do_GET(self) -> None:
        self.server.seen = [(name, value) for name, value in self.headers.items()]  # type: ignore[attr-defined]
        self.server.asked = self.path  # type: ignore[attr-defined]
        if self.path.startswith("/to/"):
            self.send_response(302)
            self.send_header("Location", self.path.removeprefix("/to/").replace("_", "/"))
        else:
            number = self.path.partition("?")[0].rpartition("/")[2]
            self.send_response(int(number) if number.isdigit() else 200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving(context: ssl.SSLContext | None = None) -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def server() -> Iterator[ThreadingHTTPServer]:
    with serving() as found:
        yield found


def ask(server: ThreadingHTTPServer, path: str = "/", **details: object) -> Answer:
    question = RequestHttp("127.0.0.1", server.server_port, path, **details)  # type: ignore[arg-type] # the tests fit
    return asyncio.run(asyncio.wait_for(request_http(question), 5))


@pytest.mark.parametrize(("status", "good"), [(200, True), (204, True), (399, True), (400, False), (503, False)])
def test_a_status_below_400_is_good(server: ThreadingHTTPServer, status: int, *, good: bool) -> None:
    answer = ask(server, f"/status/{status}?a=b")
    assert answer.good is good
    assert good or str(status) in answer.detail


def test_the_headers_are_those_that_were_written_and_our_own(server: ThreadingHTTPServer) -> None:
    headers = (HttpHeader("X-One", "1"), HttpHeader("X-One", "2"), HttpHeader("host", "web.example"))
    ask(server, headers=(*headers, HttpHeader("Accept", "")))
    seen = server.seen  # type: ignore[attr-defined]
    assert [value for name, value in seen if name == "X-One"] == ["1", "2"]
    assert [value for name, value in seen if name.lower() == "host"] == ["web.example"]
    assert "Accept" not in dict(seen)
    assert dict(seen)["User-Agent"].startswith("kube-probe/")


def test_a_path_is_quoted_and_a_header_with_a_line_break_is_bad(server: ThreadingHTTPServer) -> None:
    assert ask(server, "/a b/é?c=d e%20f/200").good
    assert server.asked == "/a%20b/%C3%A9?c=d%20e%20f/200"  # type: ignore[attr-defined]
    answer = ask(server, headers=(HttpHeader("X-One", "1\r\nX-Two: 2"),))
    assert (answer.good, "line break" in answer.detail) == (False, True)


def test_redirects_are_followed_on_the_same_host(server: ThreadingHTTPServer) -> None:
    assert ask(server, "/to/_status_200").good
    assert server.asked == "/status/200"  # type: ignore[attr-defined]
    assert not ask(server, "/to/_status_500").good


def test_a_redirect_to_another_host_is_good_and_not_followed(server: ThreadingHTTPServer) -> None:
    answer = ask(server, "/to/http:__elsewhere.example_status_500")
    assert answer.good
    assert "elsewhere.example" in answer.detail


@pytest.mark.parametrize("status", [300, 304])
def test_a_status_that_asks_for_no_other_request_is_not_followed(status: int) -> None:
    with raw_server(b"HTTP/1.1 %d Fine\r\nLocation: /again\r\n\r\n" % status) as port:
        assert asyncio.run(request_http(RequestHttp("127.0.0.1", port))).good


def test_redirects_in_a_circle_are_bad(server: ThreadingHTTPServer) -> None:
    answer = ask(server, "/to/")
    assert answer.good  # an empty Location is no redirect
    with raw_server(b"HTTP/1.1 302 Found\r\nLocation: /again\r\n\r\n") as port:
        circle = asyncio.run(request_http(RequestHttp("127.0.0.1", port)))
    assert (circle.good, circle.detail) == (False, "redirected more than 10 times")


def test_https_is_spoken_without_verification(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=elsewhere.example"]
    subprocess.run([*made, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with serving(context) as server:
        assert ask(server, scheme=Scheme.HTTPS).good
        assert not ask(server, scheme=Scheme.HTTP).good


@pytest.mark.parametrize("path", ["/status/404", "/status/503", "/to/_status_500"])
def test_a_hook_is_delivered_by_any_answer(server: ThreadingHTTPServer, path: str) -> None:
    question = RequestHttp("127.0.0.1", server.server_port, path)
    assert asyncio.run(asyncio.wait_for(request_http(question, delivered=True), 5)).good


def test_a_hook_speaks_http_to_a_server_that_does_not_know_https() -> None:
    with raw_server(b"HTTP/1.1 200 OK\r\n\r\n") as port:
        question = RequestHttp("127.0.0.1", port, scheme=Scheme.HTTPS)
        assert asyncio.run(asyncio.wait_for(request_http(question, delivered=True), 5)).good
        assert not asyncio.run(asyncio.wait_for(request_http(question), 5)).good


@contextmanager
def raw_server(answer: bytes) -> Iterator[int]:
    """Gives every connection the same bytes."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(4096)
                    connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


NO_HTTP = {
    "nothing": b"",
    "another protocol": b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
    "no status": b"HTTP/1.1 what\r\n\r\n",
    "no end": b"x" * 100_000,
    "half a head": b"HTTP/1.1 200 OK\r\n",
    "a head without an end": b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 20_000,
    "an empty line first": b"\r\nHTTP/1.1 200 OK\r\n\r\n",
    "no text": b"\xff\r\n\r\n",
}


@pytest.mark.parametrize("answer", NO_HTTP.values(), ids=NO_HTTP)
def test_what_is_no_http_is_bad(answer: bytes) -> None:
    with raw_server(answer) as port:
        found = asyncio.run(asyncio.wait_for(request_http(RequestHttp("127.0.0.1", port)), 5))
    assert not found.good
    assert found.detail


def test_a_head_of_http_1_0_without_reason_is_read_and_interim_answers_are_skipped() -> None:
    with raw_server(b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.0 200\r\n\r\nbody") as port:
        assert asyncio.run(request_http(RequestHttp("127.0.0.1", port))).good


@pytest.mark.parametrize("answer", [b"HTTP/1.1 200 OK\nA: b\n\n", b"HTTP/1.0 200 OK\r\nA: b\n\nok\n"])
def test_lines_that_end_with_a_line_feed_alone_are_read(answer: bytes) -> None:
    with raw_server(answer) as port:
        assert asyncio.run(request_http(RequestHttp("127.0.0.1", port))).good


def test_a_port_that_nobody_listens_at_is_bad(free_port: int) -> None:
    answer = asyncio.run(request_http(RequestHttp("127.0.0.1", free_port)))
    assert (answer.good, "cannot connect" in answer.detail) == (False, True)
    assert not asyncio.run(request_http(RequestHttp("127.0.0.1", free_port), delivered=True)).good
    assert not asyncio.run(request_http(RequestHttp("127.0.0.1", 0))).good


def test_a_host_that_is_no_name_is_bad() -> None:
    for host in ("x" * 70, "nowhere.invalid", ".."):
        assert not asyncio.run(asyncio.wait_for(request_http(RequestHttp(host, 80)), 5)).good
        assert not asyncio.run(asyncio.wait_for(connect_tcp(ConnectTcp(host, 80)), 5)).good
