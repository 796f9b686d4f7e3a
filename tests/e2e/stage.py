"""The stage of a scenario: a bare repository, a daemon on it, and a raw view of the engine."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from click.testing import CliRunner, Result
from docker import APIClient
from docker.errors import APIError, NotFound

from gitpod_sync.cli.main import cli
from gitpod_sync.model.base import labels
from tests.support.copies import Commands, Program

AT_ONCE = 8
"""Containers that are removed side by side."""

T = TypeVar("T")

GIT = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_COMMITTER_NAME": "a"} | {
    "GIT_COMMITTER_EMAIL": "a@example.org",
    "GIT_CONFIG_GLOBAL": "/dev/null",
}


def eventually(look: Callable[[], T], *, within: float = 60.0, what: str | Callable[[], str] = "") -> T:
    """The first truthy answer of `look`; fails when there is none in time, with `what` was waited for.

    A look that takes long (a command) is taken less often, so that waiting costs little. What has gone
    between being listed and being inspected has no answer yet.
    """
    deadline = time.monotonic() + within
    while True:
        began = time.monotonic()
        with contextlib.suppress(NotFound):
            answer = look()
            if answer:
                return answer
        now = time.monotonic()
        assert now < deadline, f"not within {within:g} s: {(what() if callable(what) else what) or look}"
        time.sleep(max(0.05, 2.5 * (now - began)))


@dataclass(frozen=True)
class Seen:
    """A container as the engine's list shows it."""

    id: str
    name: str
    state: str
    labels: Mapping[str, str]
    image: str

    @property
    def pod(self) -> str:
        return f"{self.labels.get(labels.NAMESPACE)}/{self.labels.get(labels.POD)}"

    @property
    def container(self) -> str:
        return self.labels.get(labels.CONTAINER, "")

    @property
    def ending(self) -> bool:
        return self.name.endswith("_ending")


class Stage:
    """One scenario's own instance, repository and state; everything of it goes at the end."""

    def __init__(self, root: Path, client: APIClient, instance: str, image: str, commands: Commands) -> None:
        self.root = root
        self.client = client
        self.instance = instance
        self.image = image
        self.commands = commands
        self.repository = root / "config.git"
        self.source: tuple[str, ...] = ("--source", str(self.repository))
        """What all commands read unless they are told otherwise."""
        self._clone = root / "clone"
        self._git("init", "--quiet", "--bare", "--initial-branch=main", str(self.repository), cwd=root)
        self._git("clone", "--quiet", str(self.repository), str(self._clone), cwd=root)

    def link(self, name: str, target: str) -> None:
        """Commit a symbolic link in the place of a file, and push."""
        (self._clone / name).unlink()
        (self._clone / name).symlink_to(target)
        self.push({})

    def push(self, files: Mapping[str, str | None], message: str = "change") -> str:
        """Commit these files (None removes one) and push; returns the commit."""
        for name, text in files.items():
            path = self._clone / name
            if text is None:
                path.unlink()
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text.replace("IMAGE", self.image))
        self._git("add", "--all")
        self._git("commit", "--quiet", "--message", message)
        self._git("push", "--quiet", "origin", "HEAD:main")
        return self._git("rev-parse", "HEAD").strip()

    def command(self, *arguments: str, options: Sequence[str] = ()) -> list[str]:
        """The command line, as a program that loads itself."""
        return [sys.executable, "-m", "gitpod_sync", *self.words(*arguments, options=options)]

    def words(self, *arguments: str, options: Sequence[str] = ()) -> list[str]:
        """A command, this stage's instance and state, and its repository unless `options` name a source."""
        source = options or self.source
        own = ("--instance", self.instance, "--state-dir", str(self.root / "state"))
        return [*arguments, *own, *source]

    def run(self, *arguments: str, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        done = self.commands.run(self.words(*arguments), {**os.environ, **(env or {})})
        return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())

    @contextmanager
    def daemon(
        self, env: Mapping[str, str] | None = None, options: Sequence[str] = (), flags: Sequence[str] = ()
    ) -> Iterator[Program]:
        """A daemon for the block; stopped with TERM at the end, if it is still there."""
        with (self.root / "daemon.log").open("ab") as log:
            words = self.words("run", "--verbose", *flags, options=options)
            process = self.commands.begin(words, log, log, {**os.environ, **(env or {})})
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=20)
            finally:
                process.kill()

    def log(self) -> str:
        """What the daemons of this stage logged."""
        path = self.root / "daemon.log"
        return path.read_text() if path.exists() else ""

    def seen(self, **filters: Any) -> list[Seen]:
        """Everything that carries the instance's label, dead or alive."""
        found = self.client.containers(all=True, filters={"label": f"{labels.INSTANCE}={self.instance}", **filters})
        return sorted(
            (
                Seen(c["Id"], c["Names"][0].lstrip("/"), c["State"], c["Labels"], c["Image"])
                for c in found
                if c["Names"]
            ),
            key=lambda seen: seen.name,
        )

    def running(self, pod_prefix: str = "", container: str | None = None) -> list[Seen]:
        """Running application containers of pods that are not being ended."""
        everything = self.seen()
        ending = {each.labels[labels.UID] for each in everything if each.ending}
        return [
            each
            for each in everything
            if each.state == "running"
            and each.container
            and each.pod.startswith(f"default/{pod_prefix}")
            and each.labels.get(labels.UID) not in ending
            and container in {None, each.container}
        ]

    def volumes(self) -> list[Mapping[str, Any]]:
        """The volumes that carry the instance's label, but for the mark of its owner."""
        mine = {"label": f"{labels.INSTANCE}={self.instance}"}
        found = self.client.volumes(filters=mine)["Volumes"] or []
        return [each for each in found if labels.INSTANCE_OWNER not in each["Labels"]]

    def sandboxes(self) -> list[Seen]:
        """The sandboxes of this instance."""
        return [each for each in self.seen() if not each.container]

    def approve(self) -> None:
        """Let go what the daemon holds back, once it does."""
        held = eventually(
            lambda: re.findall("`gitpod-sync approve (.*)` permits it", self.ask("approve")),
            what="something to approve",
        )
        done = self.run("approve", held[0])
        assert done.returncode == 0, done.stderr

    def sync(self) -> None:
        """Converge once."""
        done = self.run("sync", "--timeout", "60")
        assert done.returncode == 0, done.stdout + done.stderr

    def inside(self, pod: str, script: str, container: str = "main") -> str:
        """What a shell script prints inside a running container; fails when the script does."""
        (found,) = (each for each in self.running(pod, container) if each.pod == f"default/{pod}")
        exec_id = self.client.exec_create(found.id, ["/bin/sh", "-c", script])["Id"]
        output: str = self.client.exec_start(exec_id).decode()
        assert self.client.exec_inspect(exec_id)["ExitCode"] == 0, output
        return output.strip()

    def ask(self, *arguments: str) -> str:
        """What a command that only looks prints. It is asked again and again, so that it is no process of its own.

        Not for threads: it takes the output of the whole test process meanwhile.
        """
        return self._invoke(*arguments).stdout

    def settled(self) -> bool:
        """Whether a dry run finds nothing to do."""
        return self._invoke("diff").exit_code == 0

    def wait_settled(self, within: float = 60.0) -> None:
        eventually(self.settled, within=within, what=lambda: f"in sync\n{self.ask('diff')}")

    def leave_nothing(self) -> None:
        """Remove whatever carries the instance's label."""
        with ThreadPoolExecutor(AT_ONCE) as threads:
            list(threads.map(self._remove, self.seen()))
        mine = {"label": f"{labels.INSTANCE}={self.instance}"}
        for network in self.client.networks(filters=mine):
            with _gone_is_fine():
                self.client.remove_network(network["Id"])
        for volume in self.client.volumes(filters=mine)["Volumes"] or []:
            with _gone_is_fine():
                self.client.remove_volume(volume["Name"], force=True)

    def _remove(self, container: Seen) -> None:
        with _gone_is_fine():
            self.client.remove_container(container.id, force=True, v=True)

    def _invoke(self, *arguments: str) -> Result:
        return CliRunner().invoke(cli, self.words(*arguments))

    def _git(self, *arguments: str, cwd: Path | None = None) -> str:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")} | GIT
        done = subprocess.run(
            ["git", *arguments], cwd=cwd or self._clone, check=True, capture_output=True, text=True, env=environment
        )
        return done.stdout


def _gone_is_fine() -> contextlib.suppress:
    return contextlib.suppress(APIError)
