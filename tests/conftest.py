"""The order of the tests, and fixtures for everything that needs a real engine."""

import contextlib
import os
import socket
from collections.abc import Iterator

import pytest
from docker import APIClient
from docker.errors import APIError, DockerException

import tests.support.examples  # noqa: F401 - the profiles, for what says no number of its own
from scripts.tiny_image import import_tiny_image
from tests.support.turns import deal

TINY_IMAGE = f"gitpod-sync-test/busybox:{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
"""Each process of a run has its own, so that none takes it away from another."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where several processes share the run."""
    if worker := getattr(config, "workerinput", None):
        items[:] = deal(items, worker["workercount"])


@pytest.fixture(scope="session")
def docker_engine_url() -> str:
    """The engine's URL. Without an engine the test is skipped, in CI it fails."""
    url = os.environ.get("DOCKER_HOST") or "unix:///var/run/docker.sock"
    try:
        APIClient(base_url=url, version="auto", timeout=10).close()
    except DockerException:
        reason = f"no Docker Engine answers at {url}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return url


@pytest.fixture(scope="session")
def tiny_image(docker_engine_url: str) -> Iterator[str]:
    """A reference of an image with busybox in it; removed at the end if it was not there before."""
    client = APIClient(base_url=docker_engine_url, version="auto")
    present = bool(client.images(name=TINY_IMAGE))
    if not present:
        import_tiny_image(client, TINY_IMAGE)
    yield TINY_IMAGE
    if not present:
        with contextlib.suppress(APIError):  # another run beside this one may use it
            client.remove_image(TINY_IMAGE)
    client.close()


@pytest.fixture
def free_port() -> int:
    """A TCP port of the loopback that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
