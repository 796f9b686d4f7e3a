"""Makes again what `record` has kept: containers, volumes and network on an engine, and the state of a version.

What was recorded is sent as it was; placeholders become what they stand for on this engine and at this moment.
"""

import base64
import hashlib
import hmac
import ipaddress
import json
import re
import sqlite3
import time
from collections.abc import Collection, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from docker import APIClient

from gitpod_sync.engines.docker.observing.inspection import read_time
from tests.upgrades.repository import make_repository

_PLACEHOLDER = re.compile(r"<([^<>\s]+)(?: ([^<>]+))?>")
_STARTED = re.compile(r"/containers/(.+)/start")
_KILLED = re.compile(r"/containers/<(.+)>/kill")


class Replay:
    """One recording, made again for an instance of this name with all of its files below `root`."""

    def __init__(self, client: APIClient, folder: Path, root: Path, instance: str) -> None:
        self._client = client
        self._folder = folder
        self._instance = instance
        self._engine_root = client.info()["DockerRootDir"]
        self._ids: dict[str, str] = {}
        """By the names that stand for them."""
        self._pool: dict[str, str] = {}
        self._now = 0.0
        self._repository = make_repository(root, folder / "pods.yaml")
        self.state = root / "state"
        self.config = root / "config.toml"
        self.config.write_text(self._read("config.toml").replace("STATE", str(self.state)))

    def play(self) -> None:
        """Make all of it. What came to its end has come to it when this returns."""
        told = json.loads(self._read("requests.json"))
        killed = {found[1] for call in told["calls"] if (found := _KILLED.match(call["path"]))}
        ends_itself = set(told["ended"]) - killed
        for call in told["calls"]:
            self._send(call)
            self._await(call["path"], ends_itself)
        self._now = time.time()
        self.state.mkdir()
        key = bytes.fromhex(self._read("state.key"))
        state = self._read("state.sql")
        for digest, parts in told["digests"].items():
            state = state.replace(digest, _digest(key, digest, [self._filled(part).encode() for part in parts]))
        with closing(sqlite3.connect(self.state / f"{self._instance}.db")) as database:
            database.executescript(self._filled(state))
        (self.state / f"{self._instance}.jobs").write_text(self._filled(self._read("state.jobs")))
        (self.state / f"{self._instance}.key").write_bytes(key)

    def _send(self, call: Mapping[str, Any]) -> None:
        path, body = self._filled(call["path"]), json.loads(self._filled(json.dumps(call.get("body"))))
        if path.startswith("/networks/") and call["method"] == "DELETE":
            # What was made first has a subnet that is free here; the next one is made on it.
            self._pool = _split(self._client.inspect_network(self._ids["network"]))
        if path == "/networks/create" and "IPAM" in body:
            body["IPAM"]["Config"] = [self._pool]
        sent: dict[str, Any] = {"data": base64.b64decode(call["archive"])} if "archive" in call else {"json": body}
        url = f"{self._client.base_url}/v{self._client.api_version}{path}"
        answer = self._client.request(call["method"], url, timeout=60, **sent)
        assert answer.ok, (path, answer.text)
        if path.startswith("/containers/create"):
            self._ids[path.partition("name=")[2]] = answer.json()["Id"]
        elif path == "/networks/create":
            self._ids["network"] = answer.json()["Id"]
        elif path.endswith("/exec"):
            self._ids[call["as"]] = answer.json()["Id"]

    def _await(self, path: str, ends_itself: Collection[str]) -> None:
        started, killed = _STARTED.match(path), _KILLED.match(path)
        if started and started[1] in ends_itself:
            self._client.wait(started[1])
        elif killed:
            self._client.wait(self._ids[killed[1]])
        elif path.startswith("/exec/"):
            while self._client.exec_inspect(self._filled(path).split("/")[2])["Running"]:
                time.sleep(0.01)

    def _read(self, name: str) -> str:
        text = (self._folder / name).read_text().replace("INSTANCE", self._instance)
        return text.replace("REPOSITORY", str(self._repository)).replace("ROOT", self._engine_root)

    def _filled(self, text: str) -> str:
        return _PLACEHOLDER.sub(self._value, text)

    def _value(self, found: re.Match[str]) -> str:
        what, name = found.groups()
        if name:
            return repr(read_time(self._client.inspect_container(name)["State"][what]))
        return self._ids[what] if what in self._ids else repr(self._now + float(what))


def _split(network: Mapping[str, Any]) -> dict[str, str]:
    subnet = ipaddress.ip_network(network["IPAM"]["Config"][0]["Subnet"])
    lower = next(subnet.subnets(prefixlen_diff=1))
    return {"Subnet": str(subnet), "IPRange": str(lower), "Gateway": str(subnet[1])}


def _digest(key: bytes, recorded: str, parts: list[bytes]) -> str:
    """As the version made it, of other parts."""
    made = hmac.new(key, digestmod=hashlib.sha256)
    for part in parts:
        made.update(len(part).to_bytes(8, "big") + part)
    return f"{recorded.partition('.')[0]}.{made.hexdigest()[:32]}"
