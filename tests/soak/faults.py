"""What befalls the soak's instance: hands, commits, and the daemon's own ends. Every one is drawn from the seed."""

import contextlib
import random
import threading
from collections.abc import Callable
from pathlib import Path

from docker.errors import APIError

from gitpod_sync.model.base import labels
from tests.e2e.manifests import bare_pod
from tests.e2e.proxy import EngineProxy
from tests.e2e.stage import Seen, Stage, eventually
from tests.soak.system import render, render_beside, render_huge

PROVED_WITHIN = 180.0

Restart = Callable[[bool], None]
"""Ends the daemon (True: by KILL, False: by TERM) and starts it again."""

STALL = 30.0
"""Seconds."""


class Faults:
    """Draws and does them."""

    def __init__(self, stage: Stage, proxy: EngineProxy, rng: random.Random, restart: Restart, flaw: Path) -> None:
        """`proxy` is the daemon's way to the engine, `flaw` the file that `flawed` looks at."""
        self._flaw = flaw
        self._stage = stage
        self._proxy = proxy
        self._rng = rng
        self._restart = restart
        self._version = self._setting = self._foreign = self._broken = self._beside = self._proofs = 0
        self._folder = stage.root / "beside"
        self._folder.mkdir()
        self._write_beside()
        self.done: dict[str, int] = {}
        """How many of each."""
        self.spare_daemon = False
        """Nothing befalls the daemon itself any more."""

    def strike(self) -> None:
        """One more."""
        containers = [each for each in self._stage.running() if each.state == "running"]
        sandboxes = [each for each in self._stage.sandboxes() if each.state == "running" and not each.ending]
        on_container, on_sandbox, at_large = self._on_container(), self._on_sandbox(), self._at_large()
        name = self._rng.choice([*sorted(on_container) * 3, *sorted(on_sandbox), *sorted(at_large)])
        self.done[name] = self.done.get(name, 0) + 1
        # What is struck may have gone a moment ago: a fault that comes too late is none.
        with contextlib.suppress(APIError):
            if name in at_large:
                at_large[name]()
            elif name in on_sandbox and sandboxes:
                on_sandbox[name](self._rng.choice(sandboxes))
            elif containers:
                on_container[name](self._rng.choice(containers))

    def push(self, **more: str) -> None:
        """A commit with the present numbers, and with `more` until the next one: files by their names."""
        nothing = dict.fromkeys(("broken.yaml", "huge.yaml", "proof.yaml"), "# nothing\n")
        files = {**nothing, **render(self._version, self._setting), **more}
        self._stage.push(files, f"version {self._version}, setting {self._setting}")

    def _on_container(self) -> dict[str, Callable[[Seen], object]]:
        client = self._stage.client
        return {
            "container killed": lambda it: client.kill(it.id),
            "container stopped": lambda it: client.stop(it.id, timeout=1),
            "container removed": lambda it: client.remove_container(it.id, force=True),
            "container paused": lambda it: client.pause(it.id),
            "container renamed": lambda it: client.rename(it.id, f"{it.name}-mine"),
            "limits changed": lambda it: client.update_container(it.id, mem_limit="64m", memswap_limit="64m"),
        }

    def _on_sandbox(self) -> dict[str, Callable[[Seen], object]]:
        client, network = self._stage.client, f"{self._stage.instance}-pods"
        return {
            "sandbox killed": lambda it: client.kill(it.id),
            "sandbox removed": lambda it: client.remove_container(it.id, force=True),
            "sandbox disconnected": lambda it: client.disconnect_container_from_network(it.id, network),
            "sandbox restarted": lambda it: client.restart(it.id, timeout=1),
        }

    def _at_large(self) -> dict[str, Callable[[], object]]:
        own = {"daemon killed": lambda: self._restart(True), "daemon ended": lambda: self._restart(False)}
        return {
            "commit: another version": lambda: self._commit(version=1),
            "commit: another config": lambda: self._commit(setting=1),
            "commit: not valid": self._break,
            "commit: more pods than there is room for": self._ask_for_too_many,
            "planning fails for one workload": self._fail_for_one,
            "folder: another version": lambda: self._write_beside(version=1),
            "folder: not valid": lambda: (self._folder / "broken.yaml").write_text("kind: Pod\n"),
            "folder: emptied": lambda: (self._folder / "beside.yaml").write_text(""),
            "foreign container": self._start_foreign,
            "engine stalls": self._stall,
            **({} if self.spare_daemon else own),
        }

    def mend(self) -> None:
        """Both sources are valid again, whatever they were before."""
        self._write_beside()
        self._commit(setting=1)

    def _write_beside(self, version: int = 0) -> None:
        """The folder is as it should be."""
        self._beside += version
        (self._folder / "broken.yaml").unlink(missing_ok=True)
        for name, text in render_beside(self._beside).items():
            (self._folder / name).write_text(text.replace("IMAGE", self._stage.image))

    def _break(self) -> None:
        self._broken += 1
        self._stage.push({"broken.yaml": f"kind: Pod\nmetadata: {{name: [{self._broken}}}\n"})

    def _commit(self, version: int = 0, setting: int = 0) -> None:
        self._version += version
        self._setting += setting
        self.push()

    def _ask_for_too_many(self) -> None:
        memory = int(self._stage.client.info()["MemTotal"] * 0.6)
        self.push(**{"huge.yaml": render_huge(memory)})

    def _fail_for_one(self) -> None:
        """What Git brings meanwhile comes all the same."""
        self._proofs += 1
        name = f"proof-{self._proofs}"
        self._flaw.write_text("web")
        try:
            self.push(**{"proof.yaml": bare_pod(name)})
            eventually(lambda: self._stage.running(name), within=PROVED_WITHIN, what=f"{name} runs beside a defect")
        finally:
            self._flaw.unlink()

    def _stall(self) -> None:
        """The daemon's engine answers nothing for a while; other faults go on."""
        self._proxy.stall()
        threading.Timer(STALL, self._proxy.go_on).start()

    def _start_foreign(self) -> None:
        """A container under our labels that belongs to no pod."""
        self._foreign += 1
        found = self._stage.client.create_container(
            self._stage.image,
            ["/bin/sleep", "1000"],
            labels={labels.INSTANCE: self._stage.instance},
            name=f"{self._stage.instance}-foreign-{self._foreign}",
        )
        self._stage.client.start(found["Id"])
