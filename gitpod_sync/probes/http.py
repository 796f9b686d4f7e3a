"""A GET, asked as the kubelet asks it.

Only the head of the answer matters, and probes are asked by the hundred: hence no HTTP library, but a request of a few
lines and the reading of one status line and its headers. Source of the rules: Kubernetes, "Configure Probes", HTTP
probes: certificates are not verified; redirects are followed ten times on the same host, and one that leads to another
host counts as success; of the headers, User-Agent and Accept can be overridden, and taken out by an empty value. A hook
is delivered once anything has answered, and speaks HTTP to a server that does not know HTTPS, as the kubelet's do.
"""

import asyncio
import ssl
from dataclasses import dataclass, replace
from functools import cache
from urllib.parse import quote, urljoin, urlsplit

from gitpod_sync.model.pods.probe import Scheme
from gitpod_sync.model.records.probing import Answer, RequestHttp
from gitpod_sync.probes.tcp import told

MOST_REDIRECTS = 10
LONGEST_HEAD = 64 * 1024
"""Bytes that a status line and its headers may have."""

_PLAIN = "/?%:@!$&'()*+,;=~[]"
"""What may stand in a path and its query as it is, beside letters and digits; `%` because it may be quoted already."""

_OWN_HEADERS = {"User-Agent": "kube-probe/gitpod-sync", "Accept": "*/*"}
_GOOD, _BAD = 200, 400
_REDIRECTS = {301, 302, 303, 307, 308}
_NO_TLS = {"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE"}
"""What versions of OpenSSL call an answer that is no TLS."""

_DEFAULT_PORTS = {Scheme.HTTP: 80, Scheme.HTTPS: 443}


@dataclass(frozen=True, slots=True)
class _Head:
    status: int
    reason: str
    location: str


async def request_http(question: RequestHttp, *, delivered: bool = False) -> Answer:
    """Ask, and follow redirects. Taking too long is the caller's to judge.

    With `delivered` it is a hook's request: every answer is good, whatever its status.
    """
    if not question.host:
        return Answer(good=False, detail="the pod has no address")
    for _ in range(MOST_REDIRECTS + 1):
        try:
            head = await _ask(question)
        except (OSError, OverflowError, UnicodeError) as error:
            if delivered and _speaks_plainly(error):
                question = replace(question, scheme=Scheme.HTTP)
                continue
            return Answer(good=False, detail=told(error, question.host, question.port))
        except (ValueError, EOFError, asyncio.LimitOverrunError) as error:
            return Answer(good=False, detail=f"no HTTP answer from {question.host}:{question.port}: {error}")
        if not (head.status in _REDIRECTS and head.location):
            good = delivered or _GOOD <= head.status < _BAD
            return Answer(good, "" if good else f"HTTP status {head.status} {head.reason}".rstrip())
        following = _redirected(question, head.location)
        if following is None:
            return Answer(good=True, detail=f"redirected to another host: {head.location}")
        question = following
    return Answer(good=False, detail=f"redirected more than {MOST_REDIRECTS} times")


async def _ask(question: RequestHttp) -> _Head:
    context = _unverified() if question.scheme is Scheme.HTTPS else None
    reader, writer = await asyncio.open_connection(question.host, question.port, ssl=context, limit=LONGEST_HEAD)
    try:
        writer.write(_request(question))
        await writer.drain()
        while True:
            head = _read_head(await _receive_head(reader))
            if head.status >= _GOOD:
                return head
    finally:
        # What the server has left to say is of no interest, nor is a TLS farewell.
        writer.transport.abort()


def _request(question: RequestHttp) -> bytes:
    host = f"[{question.host}]" if ":" in question.host else question.host
    default = question.port == _DEFAULT_PORTS[question.scheme]
    own = {"Host": host if default else f"{host}:{question.port}", **_OWN_HEADERS}
    written = {header.name.lower() for header in question.headers}
    lines = [f"{name}: {value}" for name, value in own.items() if name.lower() not in written]
    lines += [f"{header.name}: {header.value}" for header in question.headers if header.value]
    if any("\r" in line or "\n" in line for line in lines):
        raise ValueError("a header of the probe has a line break in it")
    path = quote(question.path, safe=_PLAIN)
    return "\r\n".join((f"GET {path} HTTP/1.1", *lines, "Connection: close", "", "")).encode("utf-8")


async def _receive_head(reader: asyncio.StreamReader) -> list[str]:
    """The lines up to the first empty one. Scripts end theirs with a line feed alone, which the kubelet reads, too."""
    lines: list[str] = []
    size = 0
    while not lines or lines[-1]:
        raw = await reader.readuntil(b"\n")
        size += len(raw)
        if size > LONGEST_HEAD:
            raise ValueError(f"its head is longer than {LONGEST_HEAD} bytes")
        lines.append(raw.decode("latin-1").removesuffix("\n").removesuffix("\r"))
    return lines


def _read_head(head: list[str]) -> _Head:
    """Raises `ValueError` for anything that is no HTTP."""
    first, *lines = head
    version, _, rest = first.partition(" ")
    status, _, reason = rest.partition(" ")
    if not version.startswith("HTTP/1.") or not (status.isascii() and status.isdigit()):
        raise ValueError(f"it begins with {first[:40]!r}")
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return _Head(int(status), reason.strip(), headers.get("location", ""))


def _redirected(question: RequestHttp, location: str) -> RequestHttp | None:
    """The next request, or None when it leads to another host."""
    here = f"{question.scheme.lower()}://{_bracketed(question.host)}:{question.port}{question.path}"
    target = urlsplit(urljoin(here, location))
    if target.scheme not in {"http", "https"} or target.hostname != question.host.lower():
        return None
    scheme = Scheme(target.scheme.upper())
    path = (target.path or "/") + (f"?{target.query}" if target.query else "")
    return replace(question, port=target.port or _DEFAULT_PORTS[scheme], path=path, scheme=scheme)


def _speaks_plainly(error: Exception) -> bool:
    """Whether what came was no TLS at all."""
    return isinstance(error, ssl.SSLError) and error.reason in _NO_TLS


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


@cache
def _unverified() -> ssl.SSLContext:
    """Probes ask whether a server answers, not who it is (as the kubelet does)."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
