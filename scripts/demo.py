"""`make demo`: the main job on repo-example/, from the first push to the last container gone.

Nothing is left behind: every container, network, volume and image that it makes is removed, also after Ctrl-C.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from docker import APIClient
from docker.errors import DockerException, ImageNotFound
from docker.utils import kwargs_from_env

from gitpod_sync.model.base import labels
from gitpod_sync.model.base.instance import SANDBOX_IMAGE
from scripts.tiny_image import import_tiny_image

EXAMPLE = Path(__file__).parent.parent / "repo-example"
IMAGES = ("gitpod-sync-demo/busybox:1", "gitpod-sync-demo/busybox:2")
PORT = 18080
PATIENCE = 60.0


def main() -> None:
    """Run the demo on the engine there is, or on the simulated one."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with tempfile.TemporaryDirectory(prefix="gitpod-sync-demo-") as folder:
        try:
            client = APIClient(**kwargs_from_env(), version="auto")
        except DockerException:
            _demo_simulated(Path(folder))
            return
        with ExitStack() as stack:
            stack.callback(client.close)
            stack.enter_context(_images(client))
            try:
                Demo(Path(folder), client).run(stack)
            except KeyboardInterrupt:
                sys.exit(130)


class Demo:
    """One run, with an instance, a repository and a state directory of its own."""

    def __init__(self, folder: Path, client: APIClient) -> None:
        self._client = client
        self._instance = f"demo-{os.getpid()}"
        self._repository = folder / "pods.git"
        self._clone = folder / "clone"
        self._log = folder / "daemon.log"
        self._options = ("--instance", self._instance, "--state-dir", str(folder / "state"))

    def run(self, stack: ExitStack) -> None:
        """The acts in their order."""
        stack.callback(self._clear)
        self._make_repository()
        stack.enter_context(self._daemon())
        self._first_pods()
        self._rolling_update()
        self._kill_and_return()
        title("the end: the daemon is stopped, and everything is taken away")

    def _make_repository(self) -> None:
        title("a bare repository, and the first push: a web pod with a sidecar, and three greeters")
        self._git(
            "init", "--quiet", "--bare", "--initial-branch=main", str(self._repository), cwd=self._repository.parent
        )
        self._git("clone", "--quiet", str(self._repository), str(self._clone), cwd=self._repository.parent)
        for manifest in sorted(EXAMPLE.glob("*.yaml")):
            shutil.copy(manifest, self._clone)
        if not _is_free(PORT):
            other = _free_port()
            say(f"port {PORT} of this machine is taken, the demo uses {other} instead")
            self._edit("web.yaml", str(PORT), str(other))
        self._push("The first pods")
        self._show("diff", "--source", str(self._repository), allowed=(0, 2))

    @contextmanager
    def _daemon(self) -> Iterator[None]:
        title("the daemon is started on it")
        command = [*_program(), "run", "--source", str(self._repository), *self._options]
        say("$ gitpod-sync run --source pods.git")
        with self._log.open("wb") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            yield
        except BaseException:
            print(self._log.read_text()[-3000:], file=sys.stderr)
            raise
        finally:
            process.terminate()
            process.wait(timeout=30)

    def _first_pods(self) -> None:
        begin = time.monotonic()
        _until(lambda: self._ready() == 4, "four pods that are ready")  # noqa: PLR2004 - web and three greeters
        say(f"all pods run {time.monotonic() - begin:.1f} s after the daemon was started")
        self._show("get", "all", "--source", str(self._repository))

    def _rolling_update(self) -> None:
        title("git push: another image, and four greeters instead of three; they are replaced one by one")
        self._edit("greeter.yaml", "busybox:1", "busybox:2")
        self._edit("greeter.yaml", "replicas: 3", "replicas: 4")
        self._push("Greeters of version 2, and four of them")
        begin, last = time.monotonic(), ""
        while True:
            heading, *_, line = self._run("get", "deployments", "--source", str(self._repository)).stdout.splitlines()
            counts = line.rsplit(maxsplit=1)[0]
            if not last:
                say(f"{'':7}  {heading.rsplit(maxsplit=1)[0]}")
            if counts != last:
                say(f"{time.monotonic() - begin:5.1f} s  {counts}")
                last = counts
            if self._versions() == [IMAGES[1]] * 4 and " 4/4 " in line:
                break
            if time.monotonic() - begin > PATIENCE:
                raise SystemExit("the rolling update did not come to its end")
        self._show("get", "pods", "-o", "wide", "--source", str(self._repository))

    def _kill_and_return(self) -> None:
        title("a container is killed by hand; the daemon sees it and starts it again")
        victim = self._greeters()[0]
        say(f"$ docker kill {victim['Names'][0].lstrip('/')}")
        pod = victim["Labels"][labels.UID]
        begin = time.monotonic()
        self._client.kill(victim["Id"])
        _until(
            lambda: any(each["Labels"][labels.UID] == pod for each in self._greeters(but=victim["Id"])), "its return"
        )
        say(f"it runs again after {(time.monotonic() - begin) * 1000:.0f} ms")
        self._show("get", "pods", "--source", str(self._repository))

    def _clear(self) -> None:
        """Everything of the instance goes."""
        self._show("down", "--yes")
        mine = {"label": f"{labels.INSTANCE}={self._instance}"}
        left = len(self._client.containers(all=True, filters=mine)) + len(self._client.networks(filters=mine))
        say(f"containers and networks left: {left}")

    def _greeters(self, but: str = "") -> list[dict[str, Any]]:
        mine = [f"{labels.INSTANCE}={self._instance}", "app=greeter", labels.CONTAINER]
        return [each for each in self._client.containers(filters={"label": mine}) if each["Id"] != but]

    def _versions(self) -> list[str]:
        return [str(each["Image"]) for each in self._greeters()]

    def _ready(self) -> int:
        lines = self._run("get", "pods", "--source", str(self._repository)).stdout.splitlines()[1:]
        return sum(line.split()[2] == "Running" and len(set(line.split()[1].split("/"))) == 1 for line in lines)

    def _edit(self, name: str, old: str, new: str) -> None:
        path = self._clone / name
        path.write_text(path.read_text().replace(old, new))

    def _push(self, message: str) -> None:
        self._git("add", "--all")
        self._git("commit", "--quiet", "--message", message)
        self._git("push", "--quiet", "origin", "HEAD:main")
        say(f"$ git commit -m '{message}' && git push")

    def _git(self, *arguments: str, cwd: Path | None = None) -> None:
        identity = ("-c", "user.name=demo", "-c", "user.email=demo@example.org")
        subprocess.run(["git", *identity, *arguments], cwd=cwd or self._clone, check=True, capture_output=True)

    def _show(self, *arguments: str, allowed: tuple[int, ...] = (0,)) -> None:
        shown = " ".join(arguments).replace(str(self._repository.parent) + "/", "")
        say(f"$ gitpod-sync {shown}")
        print(_indented(self._run(*arguments, allowed=allowed).stdout))

    def _run(self, *arguments: str, allowed: tuple[int, ...] = (0,)) -> subprocess.CompletedProcess[str]:
        done = subprocess.run([*_program(), *arguments, *self._options], capture_output=True, text=True, check=False)
        if done.returncode not in allowed:
            raise SystemExit(f"gitpod-sync {' '.join(arguments)} failed: {done.stderr.strip()}")
        return done


def _demo_simulated(folder: Path) -> None:
    """Without an engine: what would be done, and the whole way on an engine within the process."""
    say("there is no Docker Engine that may be used here, so the demo runs on the simulated engine, within one process")
    options = ("--engine", "simulated", "--state-dir", str(folder / "state"), "--source", str(EXAMPLE))
    for command in ("diff", "sync"):
        title(f"gitpod-sync {command} --engine simulated --source repo-example")
        done = subprocess.run([*_program(), command, *options], capture_output=True, text=True, check=False)
        print(_indented(done.stdout + done.stderr))


@contextmanager
def _images(client: APIClient) -> Iterator[None]:
    """The demo's images; those that were not there before are removed at the end, the sandbox's too."""
    made = [image for image in (*IMAGES, SANDBOX_IMAGE) if not client.images(name=image)]
    try:
        for image in IMAGES:
            if image in made:
                import_tiny_image(client, image)
        yield
    finally:
        for image in made:
            try:
                client.remove_image(image)
            except ImageNotFound:
                continue


def _program() -> list[str]:
    return [sys.executable, "-m", "gitpod_sync"]


def _until(look: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not look():
        if time.monotonic() > deadline:
            raise SystemExit(f"the demo waited {PATIENCE:.0f} s for {what}")
        time.sleep(0.02)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0", port))
        except OSError:
            return False
        return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("", 0))
        port: int = probe.getsockname()[1]
        return port


def title(text: str) -> None:
    """A heading."""
    print(f"\n== {text}\n", flush=True)


def say(text: str) -> None:
    """A line."""
    print(f"   {text}", flush=True)


def _indented(text: str) -> str:
    return "".join(f"   {line}\n" for line in text.splitlines())


if __name__ == "__main__":
    main()
