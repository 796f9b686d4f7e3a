"""Images and the registries that they come from: logins, digests, moved tags. Both engines answer alike."""

import uuid
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest
from docker import APIClient

from gitpod_sync.engines.docker.connecting import connection
from gitpod_sync.engines.docker.engine import DockerEngine
from gitpod_sync.engines.memory.clock import HandWoundClock
from gitpod_sync.engines.memory.engine import MemoryEngine
from gitpod_sync.engines.memory.registry import compute_digest
from gitpod_sync.engines.protocol import Engine
from gitpod_sync.errors import ImageUnavailable
from gitpod_sync.model.base.instance import Instance
from gitpod_sync.model.engine.observed import ImageInfo
from gitpod_sync.model.pods.image import digest_in
from gitpod_sync.model.pods.registry_login import Login
from gitpod_sync.operations import operations as op
from tests.support.registry import PASSWORD, USER, Registry, running_registry

RIGHT = Login(USER, PASSWORD, "Secret default/right")
WRONG = Login(USER, "staple", "Secret default/wrong")


class Shelf(Protocol):
    """Where a test puts images, and the login that the host has."""

    def reference(self, name: str) -> str: ...
    def push(self, name: str, content: str = "") -> str: ...
    def log_in_on_the_host(self) -> None: ...


class MemoryShelf:
    def __init__(self, engine: MemoryEngine) -> None:
        self._registries = engine.registries
        self._registries.logins["registry.test:5000"] = {(USER, PASSWORD)}

    def reference(self, name: str) -> str:
        return f"registry.test:5000/{name}"

    def push(self, name: str, content: str = "") -> str:
        self._registries.contents[self.reference(name)] = content
        return compute_digest(content)

    def log_in_on_the_host(self) -> None:
        self._registries.host_login["registry.test:5000"] = (USER, PASSWORD)


class DockerShelf:
    def __init__(self, registry: Registry, config: Path) -> None:
        self._registry = registry
        self._config = config
        self._prefix = uuid.uuid4().hex[:8]

    def reference(self, name: str) -> str:
        return self._registry.reference(f"{self._prefix}/{name}")

    def push(self, name: str, content: str = "") -> str:
        return self._registry.push(f"{self._prefix}/{name}", content)

    def log_in_on_the_host(self) -> None:
        (self._config / "config.json").write_text(self._registry.config())


@dataclass(frozen=True)
class Images:
    engine: Engine
    shelf: Shelf

    def pull(self, reference: str, *logins: Login) -> int:
        return self.engine.pull_image(op.PullImage(reference, logins)).size

    def find(self, reference: str) -> ImageInfo:
        found = self.engine.observe(frozenset({reference}), fresh=True).images[reference]
        assert found is not None
        return found


@pytest.fixture(scope="module")
def registry(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    client = APIClient(base_url=request.getfixturevalue("docker_engine_url"), version="auto")
    with running_registry(tmp_path_factory.mktemp("registry"), client) as found:
        yield found
    client.close()


@pytest.fixture(params=["simulated", pytest.param("docker", marks=pytest.mark.docker)])
def images(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Images]:
    instance = Instance(f"contract-{uuid.uuid4().hex[:8]}")
    if request.param == "simulated":
        simulated = MemoryEngine(instance, HandWoundClock())
        yield Images(simulated, MemoryShelf(simulated))
        return
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    registry: Registry = request.getfixturevalue("registry")
    engine = DockerEngine(instance, request.getfixturevalue("docker_engine_url"))
    yield Images(engine, DockerShelf(registry, tmp_path))
    registry.leave_nothing()
    engine.close()


def test_a_registry_that_asks_for_a_login_gives_nothing_without_or_with_a_wrong_one(images: Images) -> None:
    images.shelf.push("app:1")
    reference = images.shelf.reference("app:1")
    with pytest.raises(ImageUnavailable, match="no basic auth credentials"):
        images.pull(reference)
    with pytest.raises(ImageUnavailable, match="unauthorized") as told:
        images.pull(reference, WRONG)
    assert "Secret default/wrong" in told.value.message
    assert WRONG.password not in told.value.message
    assert images.engine.observe(frozenset({reference}), fresh=True).images[reference] is None
    assert images.engine.pulls() == {}


def test_logins_are_tried_in_their_order_until_one_is_taken(images: Images) -> None:
    digest = images.shelf.push("app:1")
    reference = images.shelf.reference("app:1")
    assert images.pull(reference, WRONG, RIGHT) > 0
    assert digest_in(reference, images.find(reference).digests) == digest
    assert images.engine.pulls() == {}


def test_the_login_of_the_host_is_tried_when_the_pod_has_none_or_a_wrong_one(images: Images) -> None:
    images.shelf.push("app:1")
    images.shelf.log_in_on_the_host()
    reference = images.shelf.reference("app:1")
    assert images.pull(reference) > 0
    assert images.pull(reference, WRONG) > 0


def test_an_image_is_had_by_its_digest(images: Images) -> None:
    digest = images.shelf.push("app:1", "first")
    reference = f"{images.shelf.reference('app')}@{digest}"
    images.shelf.push("app:1", "second")
    images.pull(reference, RIGHT)
    assert digest_in(reference, images.find(reference).digests) == digest


def test_a_registry_says_what_a_tag_names_without_a_pull(images: Images) -> None:
    reference = images.shelf.reference("app:1")
    first = images.shelf.push("app:1", "first")
    assert images.engine.find_digest(reference, (WRONG, RIGHT)) == first
    assert images.engine.observe(frozenset({reference}), fresh=True).images[reference] is None
    images.pull(reference, RIGHT)
    second = images.shelf.push("app:1", "second")
    assert images.engine.find_digest(reference, (RIGHT,)) == second != first
    for logins in ((), (WRONG,)):
        with pytest.raises(ImageUnavailable) as told:
            images.engine.find_digest(reference, logins)
        assert WRONG.password not in told.value.message


def test_a_moved_tag_is_another_image_once_it_is_pulled_again(images: Images) -> None:
    reference = images.shelf.reference("app:1")
    images.shelf.push("app:1", "first")
    images.pull(reference, RIGHT)
    first = images.find(reference)
    second = images.shelf.push("app:1", "second")
    images.pull(reference, RIGHT)
    found = images.find(reference)
    assert found.id != first.id
    assert digest_in(reference, found.digests) == second


def test_a_tag_that_nobody_has_cannot_be_pulled_or_looked_up(images: Images) -> None:
    reference = images.shelf.reference("none:1")
    if isinstance(images.engine, MemoryEngine):
        images.engine.absent.add(reference)
    for ask in (lambda: images.pull(reference, RIGHT), lambda: images.engine.find_digest(reference, (RIGHT,))):
        with pytest.raises(ImageUnavailable):
            ask()


@pytest.mark.docker
def test_a_pull_that_stands_still_is_broken_off(
    registry: Registry, docker_engine_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    monkeypatch.setattr(connection, "PULL_SILENCE", 1)
    registry.push("slow:1", padding=1_000_000)
    engine = DockerEngine(Instance("pulls"), docker_engine_url)
    with closing(engine), registry.slow_door(8_000) as door, pytest.raises(ImageUnavailable, match="broken off"):
        engine.pull_image(op.PullImage(f"{door.host}/slow:1", (RIGHT,)))
    assert engine.pulls() == {}
    registry.leave_nothing()
