"""What only a real engine can show."""

import threading
import uuid
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from docker import APIClient

from gitpod_sync.engines.docker.engine import DockerEngine
from gitpod_sync.errors import EngineError, EngineUnavailable, ImageUnavailable
from gitpod_sync.model.base.instance import Instance
from gitpod_sync.model.base.labels import INSTANCE
from gitpod_sync.model.engine.container import NO_NETWORK, ContainerConfig, LogRotation
from gitpod_sync.operations import operations as op

pytestmark = pytest.mark.docker

WRITES = [
    ("import_sandbox_image", op.ImportSandboxImage("gitpod-sync-test/none:1")),
    ("create_network", op.CreateNetwork("gitpod-sync-test-none")),
    ("remove_network", op.RemoveNetwork("gitpod-sync-test-none")),
    ("pull_image", op.PullImage("gitpod-sync-test/none:1")),
    ("disconnect_network", op.DisconnectNetwork("gitpod-sync-test-none", "none")),
    ("start_container", op.StartContainer("gitpod-sync-test-none")),
    ("signal_container", op.SignalContainer("gitpod-sync-test-none")),
    ("unpause_container", op.UnpauseContainer("gitpod-sync-test-none")),
    ("rename_container", op.RenameContainer("gitpod-sync-test-none", "x")),
    ("remove_container", op.RemoveContainer("gitpod-sync-test-none")),
    ("remove_volume", op.RemoveVolume("gitpod-sync-test-none")),
]


@pytest.mark.parametrize(("method", "operation"), WRITES, ids=[method for method, _ in WRITES])
def test_a_read_only_engine_refuses_to_write(docker_engine_url: str, method: str, operation: op.Operation) -> None:
    engine = DockerEngine(Instance("read-only"), docker_engine_url, read_only=True)
    with pytest.raises(EngineError, match="a dry run must not"):
        getattr(engine, method)(operation)
    assert engine.observe(frozenset()).containers == ()
    engine.close()


def test_an_image_without_a_registry_is_told_as_such(docker_engine_url: str) -> None:
    engine = DockerEngine(Instance("pulls"), docker_engine_url)
    with pytest.raises(ImageUnavailable):
        engine.pull_image(op.PullImage("localhost:1/none:1"))
    engine.close()


def test_an_engine_that_is_not_there_is_unavailable() -> None:
    engine = DockerEngine(Instance("nowhere"), "unix:///does/not/exist.sock")
    with pytest.raises(EngineUnavailable, match="does not answer"):
        engine.observe(frozenset())


def test_streams_and_connections_leave_nothing_behind(docker_engine_url: str) -> None:
    def open_things() -> tuple[int, int]:
        return len(list(Path("/proc/self/fd").iterdir())), threading.active_count()

    def use() -> None:
        engine = DockerEngine(Instance("leaks"), docker_engine_url)
        for _ in range(5):
            stream = engine.events()
            reader = threading.Thread(target=lambda stream=stream: list(stream))
            reader.start()
            engine.observe(frozenset())
            stream.close()
            reader.join(timeout=10)
            assert not reader.is_alive()
        engine.close()

    use()
    before = open_things()
    for _ in range(5):
        use()
    descriptors, threads = open_things()
    assert threads <= before[1]
    assert descriptors <= before[0] + 2


def test_two_clients_of_one_name_do_not_mix(docker_engine_url: str) -> None:
    one, two = Instance("contract-one"), Instance("contract-one-more")
    engines = [DockerEngine(each, docker_engine_url) for each in (one, two)]
    try:
        for engine, instance in zip(engines, (one, two), strict=True):
            engine.create_network(op.CreateNetwork(instance.network))
        networks = [engine.observe(frozenset()).network for engine in engines]
        assert [each.name for each in networks if each] == [one.network, two.network]
    finally:
        for engine, instance in zip(engines, (one, two), strict=True):
            engine.remove_network(op.RemoveNetwork(instance.network))
            engine.close()


def test_of_a_log_that_rotates_no_more_is_kept_than_was_said(docker_engine_url: str, tiny_image: str) -> None:
    instance = Instance("contract-logs")
    engine, client = DockerEngine(instance, docker_engine_url), APIClient(base_url=docker_engine_url)
    counts = ("/bin/sh", "-c", "i=0; while [ $i -lt 2000 ]; do i=$((i+1)); echo line $i; done")
    config = ContainerConfig(
        tiny_image, NO_NETWORK, counts, labels={INSTANCE: instance.name}, log=LogRotation(size=10_000, files=2)
    )
    try:
        engine.create_container(op.CreateContainer(instance.name, config))
        engine.start_container(op.StartContainer(instance.name))
        client.wait(instance.name)
        # The driver counts its own JSON around each line.
        lines = client.logs(instance.name).decode().splitlines()
        assert 50 < len(lines) < 500
        assert lines[-1] == "line 2000"
    finally:
        engine.remove_container(op.RemoveContainer(instance.name))
        engine.close()
        client.close()


def test_a_container_that_we_remove_is_not_read_again_while_the_engine_is_at_it(
    docker_engine_url: str, tiny_image: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"removals-{uuid.uuid4().hex[:8]}"
    engine, client = DockerEngine(Instance(name), docker_engine_url), APIClient(base_url=docker_engine_url)
    made = client.create_container(tiny_image, ["/bin/true"], labels={INSTANCE: name})["Id"]
    with closing(engine.events()) as events:
        assert [each.id for each in engine.observe(frozenset()).containers] == [made]
        remove, inspected, told = APIClient.remove_container, list[str](), iter(events)

        def look_and_remove(self: APIClient, container: str, **options: bool) -> None:
            client.start(container)
            while next(told).action != "die":
                pass
            monkeypatch.setattr(APIClient, "inspect_container", lambda _, identifier: inspected.append(identifier))
            assert [each.id for each in engine.observe(frozenset()).containers] == [made]
            remove(self, container, **options)

        monkeypatch.setattr(APIClient, "remove_container", look_and_remove)
        engine.remove_container(op.RemoveContainer(made))
        assert not engine.observe(frozenset()).containers
        assert not inspected
    engine.close()
    client.close()


def test_a_container_is_started_with_the_lowest_score_that_the_engine_can_give(
    docker_engine_url: str, tiny_image: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As in a container, and as for an engine elsewhere: its machine is not this one.
    monkeypatch.setattr("socket.gethostname", lambda: "elsewhere")
    instance = Instance("contract-scores")
    engine, client = DockerEngine(instance, docker_engine_url), APIClient(base_url=docker_engine_url)
    config = ContainerConfig(
        tiny_image, NO_NETWORK, ("/bin/sleep", "1000"), labels={INSTANCE: instance.name}, oom_score_adj=-998
    )
    try:
        engine.create_container(op.CreateContainer(instance.name, config))
        engine.start_container(op.StartContainer(instance.name))
        (found,) = engine.observe(frozenset()).containers
        assert found.alive
        assert found.config.oom_score_adj in {-998, 0}
        earlier = {"Image": tiny_image, "Cmd": ["/bin/sleep", "1000"], "HostConfig": {"OomScoreAdj": -998}}
        create: Callable[[Mapping[str, Any], str], object] = client.create_container_from_config
        create({**earlier, "Labels": {INSTANCE: instance.name}}, "contract-scores-earlier")
        if found.config.oom_score_adj == 0:
            with pytest.raises(EngineError):
                engine.start_container(op.StartContainer("contract-scores-earlier"))
            assert [each.name for each in engine.observe(frozenset()).containers] == [instance.name]
    finally:
        for each in client.containers(all=True, filters={"label": f"{INSTANCE}={instance.name}"}):
            client.remove_container(each["Id"], force=True, v=True)
        engine.close()
        client.close()
