"""One suite for every engine: the simulated one must not lie."""

import io
import tarfile
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

import pytest
from docker import APIClient

from gitpod_sync.engines.docker.engine import DockerEngine
from gitpod_sync.engines.docker.files.execution_output import ExecutionOutput
from gitpod_sync.engines.memory.clock import HandWoundClock
from gitpod_sync.engines.memory.containers import Behaviour
from gitpod_sync.engines.memory.engine import MemoryEngine
from gitpod_sync.engines.memory.person import Hand
from gitpod_sync.engines.protocol import Engine
from gitpod_sync.model.base import labels
from gitpod_sync.model.base.instance import Instance
from gitpod_sync.model.engine.container import ContainerConfig, Limits
from gitpod_sync.model.engine.observed import Observed, ObservedContainer
from gitpod_sync.operations import operations as op

RUN_FOR_EVER = ("/bin/sh", "-c", "trap 'exit 143' TERM; while :; do sleep 1000 & wait; done")


class Person(Protocol):
    """What a person can do beside us; the simulated hand and the docker command have the same words."""

    def kill(self, container: str) -> None: ...
    def pause(self, container: str) -> None: ...
    def remove(self, container: str) -> None: ...
    def restart(self, container: str) -> None: ...
    def rename(self, container: str, name: str) -> None: ...
    def update(self, container: str, limits: Limits) -> None: ...
    def disconnect(self, container: str, network: str) -> None: ...
    def connect(self, container: str, network: str) -> None: ...
    def run(self, name: str, config: ContainerConfig) -> None: ...
    def read_files(self, container: str, path: str) -> Mapping[str, tuple[bytes, int]]: ...
    def read_group(self, container: str, path: str) -> int: ...
    def fill(self, container: str, path: str, size: int) -> None: ...
    def add_image(self, reference: str) -> None: ...


class DockerPerson:
    """The same with a raw client of the engine."""

    def __init__(self, client: APIClient) -> None:
        self._client = client

    def kill(self, container: str) -> None:
        self._client.kill(container)

    def pause(self, container: str) -> None:
        self._client.pause(container)

    def remove(self, container: str) -> None:
        self._client.remove_container(container, force=True, v=True)

    def restart(self, container: str) -> None:
        self._client.restart(container, timeout=1)

    def rename(self, container: str, name: str) -> None:
        self._client.rename(container, name)

    def update(self, container: str, limits: Limits) -> None:
        self._client.update_container(
            container, mem_limit=limits.memory, memswap_limit=limits.memory, cpu_shares=limits.cpu_shares
        )

    def disconnect(self, container: str, network: str) -> None:
        self._client.disconnect_container_from_network(container, network)

    def connect(self, container: str, network: str) -> None:
        self._client.connect_container_to_network(container, network)

    def read_files(self, container: str, path: str) -> Mapping[str, tuple[bytes, int]]:
        """What a program in the container finds there, links followed: content and mode by path."""
        find = f"cd {path} && find -L . -type f ! -path './..*' -exec stat -L -c '%a %n' {{}} +"
        found = {}
        for line in self.execute(container, find).decode().splitlines():
            mode, _, name = line.partition(" ./")
            found[name] = (self.execute(container, f"cat {path}/{name}"), int(mode, 8))
        return found

    def read_group(self, container: str, path: str) -> int:
        """The group that a folder belongs to."""
        return int(self.execute(container, f"stat -c %g {path}"))

    def execute(self, container: str, script: str) -> bytes:
        made = self._client.exec_create(container, ["/bin/sh", "-c", script])
        output = ExecutionOutput(self._client.exec_start(made["Id"], socket=True), longest=1024**2)
        output.follow(60)
        return output.content

    def fill(self, container: str, path: str, size: int) -> None:
        self.execute(container, f"head -c {size} /dev/zero > {path}; sync")

    def add_image(self, reference: str) -> None:
        repository, _, tag = reference.partition(":")
        archive = io.BytesIO()
        with tarfile.open(fileobj=archive, mode="w"):
            pass
        self._client.import_image_from_data(archive.getvalue(), repository=repository, tag=tag)

    def run(self, name: str, config: ContainerConfig) -> None:
        made = self._client.create_container(
            config.image, list(config.entrypoint or ()), name=name, labels=dict(config.labels)
        )
        self._client.start(made["Id"])


@dataclass(frozen=True)
class Subject:
    """An engine under test with an image, a network and our sandbox image on it."""

    engine: Engine
    person: Person
    instance: Instance
    image: str
    broken: Mapping[str, object]
    """What makes a container that has no program to run."""

    def config(self, **fields: object) -> ContainerConfig:
        """A container that runs for ever, with the label of ownership."""
        known: dict[str, object] = {
            "image": self.image,
            "network": self.instance.network,
            "entrypoint": RUN_FOR_EVER,
            "labels": {labels.INSTANCE: self.instance.name},
            "limits": Limits(cpu_shares=2),
        }
        return ContainerConfig(**{**known, **fields})  # type: ignore[arg-type] # the tests give what fits

    def make(self, name: str, **fields: object) -> ObservedContainer:
        """Create and start one; as observed."""
        self.engine.create_container(op.CreateContainer(self.name(name), self.config(**fields)))
        self.engine.start_container(op.StartContainer(self.name(name)))
        return self.find(name)

    def name(self, name: str) -> str:
        """A name that no other test uses."""
        return f"{self.instance.name}_{name}"

    def observe(self) -> Observed:
        return self.engine.observe(frozenset({self.image}))

    def find(self, name: str) -> ObservedContainer:
        (found,) = (each for each in self.observe().containers if each.name == self.name(name))
        return found

    def eventually(self, look: Callable[[], object]) -> None:
        """Wait for a state, within reason."""
        deadline = time.monotonic() + 15
        while not look():
            assert time.monotonic() < deadline, self.observe()
            time.sleep(0.02)


@pytest.fixture(params=["simulated", pytest.param("docker", marks=pytest.mark.docker)])
def subject(request: pytest.FixtureRequest) -> Iterator[Subject]:
    """The suite's engine, with its network made."""
    instance = Instance(f"contract-{uuid.uuid4().hex[:8]}")
    make = _simulated if request.param == "simulated" else _docker
    yield from make(request, instance)


def _simulated(_request: pytest.FixtureRequest, instance: Instance) -> Iterator[Subject]:
    engine = MemoryEngine(instance, HandWoundClock())
    engine.behaviours["tiny:1"] = Behaviour(answers_well={"/bin/false": (float("inf"), None)})
    engine.pull_image(op.PullImage("tiny:1"))
    engine.create_network(op.CreateNetwork(instance.network))
    engine.pull_image(op.PullImage("broken:1"))
    engine.behaviours["broken:1"] = Behaviour(fails_to_start="exec: no such file or directory")
    yield Subject(engine, Hand(engine), instance, "tiny:1", {"image": "broken:1"})


def _docker(request: pytest.FixtureRequest, instance: Instance) -> Iterator[Subject]:
    url, image = request.getfixturevalue("docker_engine_url"), request.getfixturevalue("tiny_image")
    client, engine = APIClient(base_url=url), DockerEngine(instance, url)
    engine.create_network(op.CreateNetwork(instance.network))
    yield Subject(engine, DockerPerson(client), instance, image, {"entrypoint": ("/no/such/program",)})
    engine.close()
    mine = {"label": f"{labels.INSTANCE}={instance.name}"}
    for container in client.containers(all=True):
        if any(name.startswith(f"/{instance.name}") for name in container["Names"]):
            client.remove_container(container["Id"], force=True, v=True)
    for volume in client.volumes(filters=mine)["Volumes"] or []:
        client.remove_volume(volume["Name"])
    for network in client.networks(filters=mine):
        client.remove_network(network["Id"])
    client.close()
