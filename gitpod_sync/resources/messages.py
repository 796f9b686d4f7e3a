"""Termination messages, read off the sandboxes on demand and kept nowhere else.

They may hold secrets. So they are shown where Kubernetes shows them, in a pod's status, and never in a log or an event.
"""

import io
import tarfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, suppress
from dataclasses import replace

from gitpod_sync.engines.container_access import LogQuery, Reader
from gitpod_sync.errors import EngineError
from gitpod_sync.model.engine.observed import ObservedContainer
from gitpod_sync.model.engine.pods import ObservedPod, attempt_of
from gitpod_sync.model.pods.pod import Container
from gitpod_sync.model.pods.termination_messages import LINES_OF_LOG, TerminationMessagePolicy, cut_log, cut_message
from gitpod_sync.resources.items import PodItem

_COARSE = 1.0
"""Seconds by which the time of a file may lag behind the engine's clock."""

OpenReader = Callable[[], AbstractContextManager[Reader]]


def with_messages(items: Iterable[PodItem], open_reader: OpenReader) -> list[PodItem]:
    """The same pods with what their containers that have ended left to be read."""
    items = list(items)
    if not any(True for item in items for _ in _ended(item)):
        return items
    with open_reader() as reader:
        return [replace(item, messages=_read_all(reader, item)) for item in items]


def _read_all(reader: Reader, item: PodItem) -> Mapping[str, str]:
    """Messages by the ids of containers; unreadable ones, whose containers are gone by now, are left out."""
    found = {}
    for pod, container, ended in _ended(item):
        with suppress(EngineError):
            found[ended.id] = _read(reader, pod, container, ended)
    return {identifier: text for identifier, text in found.items() if text}


def _ended(item: PodItem) -> Iterator[tuple[ObservedPod, Container, ObservedContainer]]:
    pod = item.state.pod if item.state else None
    for container in pod.template.spec.all_containers if pod and pod.sandbox else ():
        for each in pod.attempts.get(container.name, ()) if pod else ():
            if pod and not each.alive and each.finished_at is not None:
                yield pod, container, each


def _read(reader: Reader, pod: ObservedPod, container: Container, ended: ObservedContainer) -> str:
    spec, sandbox = pod.template.spec, pod.sandbox
    text = b""
    path = spec.message_file_of(container.name, attempt_of(ended)).path
    found = reader.stat(sandbox.id, path) if sandbox else None
    # An older one may be left where somebody has removed its container by hand.
    fresh = found and (found.changed_at or 0.0) + _COARSE >= (ended.started_at or 0.0)
    if sandbox and found and found.size and fresh:
        text = read_file(reader.read_archive(sandbox.id, path))
    falls_back = container.termination_message_policy is TerminationMessagePolicy.FALLBACK_TO_LOGS_ON_ERROR
    if not text and falls_back and ended.exit_code != 0:
        with closing(reader.logs(ended.id, LogQuery(tail=LINES_OF_LOG))) as log:
            text = cut_log(b"".join(log))
    return cut_message(text, len(spec.all_containers))


def read_file(archive: Iterable[bytes]) -> bytes:
    """The content of the first file of a tar archive; empty when there is none."""
    with tarfile.open(fileobj=io.BytesIO(b"".join(archive))) as unpacked:
        contents = (unpacked.extractfile(entry) for entry in unpacked if entry.isfile())
        return next((content.read() for content in contents if content is not None), b"")
