"""Fixtures of the scenarios."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from docker import APIClient

from tests.e2e.proxy import EngineProxy
from tests.e2e.stage import Stage
from tests.support.copies import Commands, Copies, Interpreters
from tests.support.examples import THOROUGH


@pytest.fixture(scope="session")
def commands() -> Iterator[Commands]:
    """Where scenarios begin commands and daemons."""
    begun: Commands = Interpreters() if THOROUGH else Copies()
    yield begun
    begun.close()


@pytest.fixture
def stage(
    tmp_path: Path, docker_engine_url: str, tiny_image: str, commands: Commands, request: pytest.FixtureRequest
) -> Iterator[Stage]:
    """A stage of the scenario's own; its daemon's log is shown when the scenario fails."""
    client = APIClient(base_url=docker_engine_url)
    scene = Stage(tmp_path, client, f"e2e-{uuid.uuid4().hex[:8]}", tiny_image, commands)
    yield scene
    log = scene.log()
    if log and request.session.testsfailed:
        print(f"--- daemon log of {request.node.name}\n{log[-8000:]}")
    scene.leave_nothing()
    client.close()


@pytest.fixture
def proxy(tmp_path: Path, docker_engine_url: str) -> Iterator[EngineProxy]:
    if not docker_engine_url.startswith("unix://"):
        pytest.skip("the engine is not behind a Unix socket, which is what the scenario can shut")
    door = EngineProxy(tmp_path / "engine.sock", docker_engine_url)
    yield door
    door.shut()
