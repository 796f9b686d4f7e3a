"""Records what a version leaves on an engine and in its state directory, for `tests.upgrades.replay`.

    PYTHONPATH=CODE-OF-THE-VERSION python tests/upgrades/record.py FOLDER

The folder, named like the version, has `pods.yaml` and `config.toml`; the calls that change the engine and the state
directory are written beside them. They are kept as they were, but for what is of this machine and this moment: ids,
times, paths, the instance's name and the subnet become placeholders.
"""

import base64
import gzip
import json
import os
import re
import signal
import sqlite3
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import requests
from docker import APIClient

sys.path.append(str(Path(__file__).parents[2]))

from gitpod_sync.cli.main import cli
from gitpod_sync.engines.docker.observing.inspection import read_time
from gitpod_sync.model.base import labels
from gitpod_sync.model.records.digest_key import DigestKey
from scripts.tiny_image import import_tiny_image
from tests.upgrades.repository import make_repository

INSTANCE = "upgraded-instance"
_READING = {"GET", "HEAD"}
_OURS = "/sandbox"
_MOMENT = re.compile(r"\b(?:\d{10}\.\d+|\d\.\d+e\+09)\b")
_SETTLE = 30.0


class Recorder:
    """Everything that is sent to the engine and changes it, in the order of the answers."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []
        self.names: dict[str, str] = {}
        """What ids stand for."""
        self.digests: dict[str, list[str]] = {}
        """What each keyed digest was made of."""
        self._lock = threading.Lock()

    def note(self, request: requests.PreparedRequest, response: requests.Response) -> None:
        """Keep a call, and what the id in its answer stands for."""
        path = re.sub(r"^/v[\d.]+", "", request.path_url)
        body = request.body if isinstance(request.body, bytes) else (request.body or "").encode()
        with self._lock:
            if not self._is_kept(path, body):
                return
            call = {"method": request.method, "path": path, **_body(path, body)}
            if path.startswith("/containers/create"):
                self.names[response.json()["Id"]] = path.partition("name=")[2]
            elif path == "/networks/create":
                self.names[response.json()["Id"]] = "network"
            elif path.endswith("/exec"):
                call["as"] = self.names[response.json()["Id"]] = f"exec-{len(self.calls)}"
            self.calls.append(call)

    @property
    def named(self) -> Mapping[str, str]:
        """What is written in the place of each id."""
        return {identifier: f"<{name}>" for identifier, name in self.names.items()}

    def _is_kept(self, path: str, body: bytes) -> bool:
        """Not what only looks or asks: probes, hooks, and containers that are made to look at a path."""
        subject = re.match(r"/(?:containers|exec)/([^/?]+)", path)
        if path.startswith("/containers/create"):
            return "__" not in path
        if path.endswith("/exec"):
            return bool(json.loads(body)["Cmd"][0] == _OURS)
        return subject is None or subject[1] in {*self.names, *self.names.values()}


def _body(path: str, body: bytes) -> dict[str, object]:
    if "/archive" in path:
        return {"archive": base64.b64encode(gzip.compress(body, mtime=0)).decode()}
    told = json.loads(body) if body else None
    if told and "IPAM" in told:
        told["IPAM"]["Config"] = []
    return {"body": told} if told else {}


def main() -> None:
    """Run a daemon until all has settled, and write down what it did."""
    folder, recorder = Path(sys.argv[1]), Recorder()
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        repository = make_repository(root, folder / "pods.yaml")
        config = root / "config.toml"
        text = (folder / "config.toml").read_text()
        places = {"INSTANCE": INSTANCE, "STATE": str(root / "state"), "REPOSITORY": str(repository)}
        for name, value in places.items():
            text = text.replace(name, value)
        config.write_text(text)
        import_tiny_image(APIClient(version="auto"), f"gitpod-sync-test/upgrade:{folder.name}")
        _listen(recorder)
        _overhear(recorder)
        threading.Timer(_SETTLE, os.kill, (os.getpid(), signal.SIGTERM)).start()
        cli.main(["run", "--config", str(config)], standalone_mode=False)
        _write(folder, recorder, {value: name for name, value in places.items()}, root / "state")


def _listen(recorder: Recorder) -> None:
    send = requests.Session.send

    def listening(session: requests.Session, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        response = send(session, request, **kwargs)
        if request.method not in _READING and response.ok:
            recorder.note(request, response)
        return response

    requests.Session.send = listening  # type: ignore[method-assign, assignment] # a method of every session


def _overhear(recorder: Recorder) -> None:
    digest = DigestKey.digest

    def overheard(key: DigestKey, *parts: bytes) -> str:
        made = digest(key, *parts)
        recorder.digests[made] = [part.decode(errors="replace") for part in parts]
        return made

    DigestKey.digest = overheard  # type: ignore[method-assign, assignment] # a method of every key


def _write(folder: Path, recorder: Recorder, places: Mapping[str, str], state: Path) -> None:
    client = APIClient(version="auto")
    listed = client.containers(all=True, filters={"label": f"{labels.INSTANCE}={INSTANCE}"})
    states = {recorder.names[each["Id"]]: client.inspect_container(each["Id"])["State"] for each in listed}
    replaced = {**recorder.named, **places, client.info()["DockerRootDir"]: "ROOT"}
    now, moments = time.time(), dict(_moments(states))

    def told(found: re.Match[str]) -> str:
        moment = float(found[0])
        return f"<{moments.get(moment) or format(moment - now, '+.6f')}>"

    def cleaned(text: str) -> str:
        for found, name in replaced.items():
            text = text.replace(found, name)
        return _MOMENT.sub(told, text)

    def keep(name: str, text: str) -> None:
        (folder / name).write_text(f"{cleaned(text)}\n")

    ended = sorted(name for name, each in states.items() if each["Status"] == "exited")
    with sqlite3.connect(state / f"{INSTANCE}.db") as database:
        # These name sandboxes by their ids, so they have to be made anew with other ones.
        written = {digest: recorder.digests[digest] for (digest,) in database.execute("SELECT digest FROM written")}
        keep("requests.json", json.dumps({"ended": ended, "digests": written, "calls": recorder.calls}, indent=1))
        (version,) = database.execute("PRAGMA user_version").fetchone()
        keep("state.sql", "\n".join([*database.iterdump(), f"PRAGMA user_version={version};"]))
    keep("state.jobs", (state / f"{INSTANCE}.jobs").read_text().rstrip())
    keep("state.key", (state / f"{INSTANCE}.key").read_bytes().hex())


def _moments(states: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[float, str]]:
    """What the engine has told of containers, and records repeat."""
    for name, state in states.items():
        for what in ("StartedAt", "FinishedAt"):
            moment = read_time(state[what])
            if moment is not None:
                yield moment, f"{what} {name}".replace(INSTANCE, "INSTANCE")


if __name__ == "__main__":
    main()
