"""Where an engine is looked for, whether TLS is spoken there, and what is loaded for it."""

import subprocess
import sys
from pathlib import Path

import pytest
import requests
from docker.errors import APIError

from gitpod_sync.engines.docker.connecting.connection import Connection, compute_settings, engine_errors
from gitpod_sync.errors import DiskFull, EngineUnavailable

ADDRESS = "tcp://127.0.0.1:2376"


@pytest.mark.parametrize("url", [ADDRESS, None], ids=["by url", "by DOCKER_HOST"])
def test_certificates_count_however_the_address_is_given(url: str | None, tmp_path: Path) -> None:
    for name in ("ca.pem", "cert.pem", "key.pem"):
        tmp_path.joinpath(name).touch()
    environment = {"DOCKER_CERT_PATH": str(tmp_path), "DOCKER_TLS_VERIFY": "1"}
    if url is None:
        environment["DOCKER_HOST"] = ADDRESS
    settings = compute_settings(url, environment)
    assert settings["base_url"] == ADDRESS
    assert settings["tls"].ca_cert == str(tmp_path / "ca.pem")


def test_a_given_address_wins_over_the_environment() -> None:
    assert compute_settings("unix:///a.sock", {"DOCKER_HOST": ADDRESS}) == {"base_url": "unix:///a.sock"}


def test_a_full_disk_is_told_without_what_the_engine_repeats() -> None:
    response = requests.Response()
    response.status_code = 500
    said = "write /var/lib/docker/volumes/x/_data/secret: no space left on device"
    with pytest.raises(DiskFull) as caught, engine_errors():
        raise APIError("500", response=response, explanation=said)
    assert str(caught.value) == "no space is left on the engine's disk; make room there; it is tried again"


CONNECT = """
import sys
from gitpod_sync.engines.docker.connecting.connection import Connection
from gitpod_sync.errors import EngineUnavailable

try:
    Connection(sys.argv[1], read_only=True, pool_size=1).client
except EngineUnavailable as error:
    print("paramiko" in sys.modules, error)
"""


@pytest.mark.parametrize(("url", "loaded"), [("unix:///no/such.sock", "False"), ("ssh://nobody@127.0.0.1:1", "True")])
def test_ssh_is_loaded_only_for_an_engine_behind_it(url: str, loaded: str) -> None:
    words = [sys.executable, "-c", CONNECT, url]
    said = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    assert said.startswith(f"{loaded} the engine does not answer")
    assert "Install paramiko" not in said


@pytest.mark.parametrize(
    ("url", "why"), [("unix:///no/such.sock", "No such file or directory"), ("tcp://127.0.0.1:1", "Connection refused")]
)
def test_why_an_engine_does_not_answer_is_told_in_the_systems_words(url: str, why: str) -> None:
    with pytest.raises(EngineUnavailable, match=f"the engine does not answer: {why}; check that dockerd runs"):
        _ = Connection(url, read_only=True, pool_size=1).client
