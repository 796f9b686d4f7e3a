"""The engine's machine, read from here: whether it is this one, what is left of it, and sizes on its disk."""

import os
import platform
from pathlib import Path

import pytest

from gitpod_sync.engines.docker.observing.disk import log_size, tree_size
from gitpod_sync.engines.docker.observing.levels import read_memory
from gitpod_sync.engines.docker.observing.node import find_place
from gitpod_sync.model.records.pressure import Level

MEMINFO = """\
MemTotal:       16000000 kB
MemFree:         2000000 kB
MemAvailable:    9000000 kB
Active(file):    3000000 kB
Inactive(file):  4000000 kB
HugePages_Total:       0
"""


@pytest.fixture
def meminfo(tmp_path: Path) -> Path:
    path = tmp_path / "meminfo"
    path.write_text(MEMINFO)
    return path


def info(tmp_path: Path, **other: object) -> dict[str, object]:
    own = {"MemTotal": 16_000_000 * 1024, "KernelVersion": platform.release(), "DockerRootDir": str(tmp_path)}
    return {**own, **other}


def test_memory_that_is_left_is_what_is_free_and_the_file_cache_that_is_not_used(meminfo: Path) -> None:
    assert read_memory(meminfo) == Level(6_000_000 * 1024, 16_000_000 * 1024)


def test_a_machine_without_meminfo_tells_nothing(tmp_path: Path) -> None:
    assert read_memory(tmp_path / "none") is None


@pytest.mark.parametrize("address", ["", "unix:///var/run/docker.sock", "http+unix://var/run/docker.sock"])
def test_an_engine_of_this_machine_is_looked_at_here(address: str, tmp_path: Path, meminfo: Path) -> None:
    place = find_place(info(tmp_path), address, meminfo)
    assert (place.root, place.images, place.elsewhere) == (tmp_path, tmp_path, "")


@pytest.mark.parametrize(
    ("address", "other", "told"),
    [
        ("tcp://10.0.0.2:2376", {}, "the engine is at tcp://10.0.0.2:2376"),
        ("ssh://root@10.0.0.2", {}, "the engine is at ssh://root@10.0.0.2"),
        ("", {"MemTotal": 1}, "leads into another machine"),
        ("", {"KernelVersion": "5.15.0-linuxkit"}, "leads into another machine"),
        ("", {"DockerRootDir": "/does/not/exist"}, "/does/not/exist cannot be seen from here"),
        ("", {"DockerRootDir": ""}, "cannot be seen from here"),
    ],
)
def test_why_a_node_is_not_watched_is_said(
    address: str, other: dict[str, object], told: str, tmp_path: Path, meminfo: Path
) -> None:
    assert told in find_place(info(tmp_path, **other), address, meminfo).elsewhere


def test_a_tree_is_as_large_as_its_blocks_each_file_counted_once(tmp_path: Path) -> None:
    root = tmp_path / "volume"
    (root / "inner").mkdir(parents=True)
    empty = tree_size(root)
    assert empty is not None
    (root / "inner" / "file").write_bytes(b"x" * 100_000)
    os.link(root / "inner" / "file", root / "again")
    (root / "link").symlink_to("/")
    (root / "hole").touch()
    os.truncate(root / "hole", 10**9)
    found = tree_size(root)
    assert found is not None
    assert 100_000 <= found - empty < 130_000


def test_a_tree_that_cannot_be_seen_has_no_size(tmp_path: Path) -> None:
    assert tree_size(tmp_path / "none") is None


def test_a_log_counts_with_its_rotated_parts_and_nothing_else_of_the_container(tmp_path: Path) -> None:
    folder = tmp_path / "containers" / "abc"
    folder.mkdir(parents=True)
    for name in ("abc-json.log", "abc-json.log.1", "config.v2.json"):
        (folder / name).write_bytes(b"x" * 8192)
    assert 16384 <= log_size(tmp_path, "abc") < 24576
    assert log_size(tmp_path, "other") == 0
