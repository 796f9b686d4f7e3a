"""Volumes in the words of the engine's API, and back: what cannot be run on the machine of the tests."""

from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from gitpod_sync.engines.docker.observing.inspection import Node, read_container
from gitpod_sync.engines.docker.payload import compute_create_payload
from gitpod_sync.engines.docker.volume_options import (
    compute_nfs_options,
    compute_tmpfs_options,
    read_nfs_options,
    read_tmpfs_options,
)
from gitpod_sync.errors import ConfigError
from gitpod_sync.model.engine.container import ContainerConfig, Mount, MountKind
from gitpod_sync.status.digest_key_file import keep_digest_key, new_digest_key, read_digest_key
from gitpod_sync.status.history import History

PART = ContainerConfig("i", "n", mounts=(Mount("/part", MountKind.VOLUME, "v", sub_path="a/b"),))


def test_an_engine_that_can_is_asked_for_a_part_of_a_volume() -> None:
    host = compute_create_payload(PART, {})["HostConfig"]
    assert host["Binds"] == []
    assert host["Mounts"][0]["VolumeOptions"]["Subpath"] == "a/b"


def test_an_older_engine_is_asked_for_a_path_of_its_node() -> None:
    host = compute_create_payload(PART, {"v": "/var/lib/docker/volumes/v/_data"})["HostConfig"]
    assert host["Binds"] == ["/var/lib/docker/volumes/v/_data/a/b:/part:rw"]
    assert host["Mounts"] == []


@pytest.mark.parametrize("part", ["", "share/doc"])
def test_an_image_is_mounted_read_only_and_read_back(part: str) -> None:
    wanted = Mount("/files", MountKind.IMAGE, "files:1", read_only=True, sub_path=part)
    host = compute_create_payload(ContainerConfig("i", "n", mounts=(wanted,)), {})["HostConfig"]
    (mount,) = host["Mounts"]
    assert (mount["Type"], mount["Source"], mount["ReadOnly"]) == ("image", "files:1", True)
    assert mount.get("ImageOptions", {}).get("Subpath", "") == part
    inspected = {
        "Id": "1",
        "Name": "/a",
        "Created": "",
        "Image": "sha256:1",
        "NetworkSettings": {"Networks": {}},
        "State": {"Status": "created", "StartedAt": "", "FinishedAt": "", "ExitCode": 0},
        "Config": {"Image": "i", "Labels": {}},
        "HostConfig": {**host, "NetworkMode": "n"},
    }
    assert read_container(inspected, None, Node(1, limits_swap=True)).config.mounts == (wanted,)


def test_a_file_server_is_read_back_as_it_was_asked_for() -> None:
    options = compute_nfs_options("192.0.2.1", "/export/a")
    assert options == {"type": "nfs", "o": "addr=192.0.2.1,nfsvers=4", "device": ":/export/a"}
    assert read_nfs_options(options) == "192.0.2.1:/export/a"
    assert read_nfs_options({"type": "tmpfs"}) == ""


@pytest.mark.parametrize(("size", "group"), [(0, 0), (1024, 0), (0, 7), (1024, 7)])
def test_options_of_volumes_in_memory_are_read_back(size: int, group: int) -> None:
    assert read_tmpfs_options(compute_tmpfs_options(size, group)) == (size, group)


def test_the_digest_key_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "state" / "a.key"
    made = read_digest_key(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_digest_key(path) == made
    assert made.secret.hex() not in repr(made)
    path.write_bytes(b"half")
    other = read_digest_key(path)
    assert not other.made(made.digest(b"x"))


def test_a_place_without_room_for_a_key_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match="cannot be used"):
        read_digest_key(tmp_path / "file" / "a.key")


def test_a_key_that_could_not_be_kept_is_kept_as_it_is_once_something_can_be_written(tmp_path: Path) -> None:
    path, key = tmp_path / "a.key", new_digest_key()
    with closing(History(tmp_path / "a.db")) as history:
        history.when_written(partial(keep_digest_key, path, key))
        assert not path.exists()
        history.record_written("volume", "digest")
    assert read_digest_key(path) == key
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_key_that_another_process_has_kept_meanwhile_stays(tmp_path: Path) -> None:
    path = tmp_path / "a.key"
    kept = read_digest_key(path)
    assert keep_digest_key(path, new_digest_key())
    assert read_digest_key(path) == kept
