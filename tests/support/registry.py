"""A registry of the tests' own, on the loopback, that asks for a login."""

import base64
import contextlib
import json
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import bcrypt
import pytest
from docker import APIClient
from docker.errors import APIError

from scripts.tiny_image import build_root_filesystem

UNPACKED = Path(__file__).parents[2] / "build/registry/usr/bin/docker-registry"
USER, PASSWORD = "puller", "correct-horse-battery"

_CONFIG = """\
version: 0.1
log: {{level: error, accesslog: {{disabled: true}}}}
storage: {{filesystem: {{rootdirectory: {root}/data}}}}
http: {{addr: "127.0.0.1:{port}"}}
auth: {{htpasswd: {{realm: tests, path: {root}/htpasswd}}}}
"""


def registry_program() -> str:
    """The program. Without it the test is skipped, in CI it fails."""
    found = shutil.which("docker-registry") or (str(UNPACKED) if UNPACKED.exists() else "")
    if not found:
        reason = "there is no docker-registry; scripts/ensure_registry.sh unpacks Debian's"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


class Registry:
    """One that runs. `host` is its address, as images name it."""

    def __init__(self, host: str, client: APIClient) -> None:
        self.host = host
        self._client = client
        # Images are pushed under another name, so that what the engine has pulled before stays as it is.
        self._pushed = f"localhost:{host.partition(':')[2]}"
        self._hosts = {host, self._pushed}

    def reference(self, name: str) -> str:
        """An image of this registry."""
        return f"{self.host}/{name}"

    def push(self, name: str, content: str = "", *, padding: int = 0) -> str:
        """Make an image, push it, and leave no name of it on the engine. Its digest.

        `content` is the variable CONTENT of its containers; `padding` are bytes that cannot be compressed.
        """
        reference = f"{self._pushed}/{name}"
        repository, _, tag = reference.rpartition(":")
        changes = ["ENV PATH=/bin", f"ENV CONTENT={content or name}"]
        layers = build_root_filesystem(reference, os.urandom(padding))
        made = self._client.import_image_from_data(layers, repository=repository, tag=tag, changes=changes)
        image = json.loads(made.splitlines()[-1])["status"]
        login = {"username": USER, "password": PASSWORD}
        for message in self._client.push(repository, tag, stream=True, decode=True, auth_config=login):
            assert "error" not in message, message
        inspect: Callable[[str], Any] = self._client.inspect_image
        (digest,) = inspect(image)["RepoDigests"]
        self.forget(reference)
        return str(digest).partition("@")[2]

    def forget(self, *references: str) -> None:
        """Take images off the engine."""
        for reference in references:
            with contextlib.suppress(APIError):
                self._client.remove_image(reference, force=True)

    def leave_nothing(self) -> None:
        """Take every image of this registry off the engine."""
        for image in self._client.images():
            names = (*(image["RepoTags"] or ()), *(image["RepoDigests"] or ()))
            self.forget(*(name for name in names if name.partition("/")[0] in self._hosts))

    @contextmanager
    def slow_door(self, bytes_a_second: int) -> Iterator["SlowDoor"]:
        """Another address of this registry, from which images come slowly."""
        door = SlowDoor(self.host, bytes_a_second)
        self._hosts.add(door.host)
        try:
            yield door
        finally:
            door.close()

    def config(self, password: str = PASSWORD, host: str = "") -> str:
        """What `docker login` writes: a login for this registry."""
        said = base64.b64encode(f"{USER}:{password}".encode()).decode()
        return json.dumps({"auths": {host or self.host: {"auth": said}}})

    def secret(self, name: str, password: str = PASSWORD, host: str = "") -> str:
        """The manifest of a pull secret."""
        data = base64.b64encode(self.config(password, host).encode()).decode()
        return f"""\
apiVersion: v1
kind: Secret
metadata: {{name: {name}}}
type: kubernetes.io/dockerconfigjson
data: {{.dockerconfigjson: {data}}}
"""


@contextmanager
def running_registry(root: Path, client: APIClient) -> Iterator[Registry]:
    """A registry for the block. Its process is ended, and its images are taken off the engine."""
    program, port = registry_program(), _free_port()
    hashed = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
    (root / "htpasswd").write_text(f"{USER}:{hashed}\n")
    (root / "config.yml").write_text(_CONFIG.format(root=root, port=port))
    with (root / "registry.log").open("wb") as log:
        process = subprocess.Popen([program, "serve", str(root / "config.yml")], stdout=log, stderr=log)
    registry = Registry(f"127.0.0.1:{port}", client)
    try:
        _wait_for(port)
        yield registry
    finally:
        registry.leave_nothing()
        process.terminate()
        process.wait(timeout=10)


class SlowDoor:
    """Another port of a registry, through which little comes out at a time, until `rate` is set to 0."""

    def __init__(self, host: str, bytes_a_second: int) -> None:
        self._target = (host.partition(":")[0], int(host.partition(":")[2]))
        self.rate = bytes_a_second
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.host = f"127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Take no further connection."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            far = socket.create_connection(self._target)
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._forward, args=(source, sink, sink is near), daemon=True).start()

    def _forward(self, source: socket.socket, sink: socket.socket, slow: bool) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(32768):
                sink.sendall(piece)
                if slow and self.rate:
                    time.sleep(len(piece) / self.rate)
        for each in (source, sink):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert time.monotonic() < deadline, "the registry does not listen"
            time.sleep(0.05)
        else:
            return
