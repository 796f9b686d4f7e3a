"""Where an engine is looked for, and whether TLS is spoken there."""

from pathlib import Path

import pytest
import requests
from docker.errors import APIError

from gitpod_sync.engines.docker.connection import compute_settings, engine_errors
from gitpod_sync.errors import DiskFull

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
