"""Fixtures of the scenarios."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from docker import APIClient

from tests.e2e.stage import Stage


@pytest.fixture
def stage(tmp_path: Path, docker_engine_url: str, tiny_image: str, request: pytest.FixtureRequest) -> Iterator[Stage]:
    """A stage of the scenario's own; its daemon's log is shown when the scenario fails."""
    client = APIClient(base_url=docker_engine_url)
    scene = Stage(tmp_path, client, f"e2e-{uuid.uuid4().hex[:8]}", tiny_image)
    yield scene
    log = scene.log()
    if log and request.session.testsfailed:
        print(f"--- daemon log of {request.node.name}\n{log[-8000:]}")
    scene.leave_nothing()
    client.close()
