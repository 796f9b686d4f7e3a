"""Archives out of a container are not to be trusted."""

import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from gitpod_sync.cli.copying import pack, unpack
from gitpod_sync.errors import GitpodSyncError


def archive(*entries: tuple[str, Callable[[tarfile.TarInfo], bytes]]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as made:
        for name, shape in entries:
            entry = tarfile.TarInfo(name)
            content = shape(entry)
            entry.size = len(content)
            made.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def file(content: bytes, mode: int = 0o644) -> Callable[[tarfile.TarInfo], bytes]:
    def shape(entry: tarfile.TarInfo) -> bytes:
        entry.mode = mode
        return content

    return shape


def link(kind: bytes, target: str) -> Callable[[tarfile.TarInfo], bytes]:
    def shape(entry: tarfile.TarInfo) -> bytes:
        entry.type, entry.linkname = kind, target
        return b""

    return shape


@pytest.mark.parametrize("name", ["../evil", "tree/../../evil", "/etc/evil"])
def test_nothing_is_written_outside_of_the_destination(name: str, tmp_path: Path) -> None:
    with pytest.raises(GitpodSyncError, match="outside"):
        unpack([archive((name, file(b"x")))], tmp_path / "inside" / "tree", lambda _told: None)
    assert not list(tmp_path.rglob("evil"))


def test_a_link_is_not_followed_because_it_is_not_made(tmp_path: Path) -> None:
    told: list[str] = []
    outside = tmp_path / "outside"
    outside.mkdir()
    content = archive(("tree/way", link(tarfile.SYMTYPE, str(outside))), ("tree/way/evil", file(b"x")))
    unpack([content], tmp_path / "tree", told.append)
    assert told == [f"tree/way is a link or a device to {outside}"]
    assert list(outside.iterdir()) == []
    assert (tmp_path / "tree/way/evil").read_bytes() == b"x"


def test_a_second_name_of_a_file_is_a_copy_and_other_links_are_told(tmp_path: Path) -> None:
    told: list[str] = []
    content = archive(
        ("tree/one", file(b"x", 0o4755)),
        ("tree/two", link(tarfile.LNKTYPE, "tree/one")),
        ("tree/three", link(tarfile.LNKTYPE, "etc/passwd")),
        ("tree/device", link(tarfile.CHRTYPE, "")),
    )
    unpack([content], tmp_path / "here", told.append)
    assert (tmp_path / "here/two").read_bytes() == b"x"
    assert (tmp_path / "here/one").stat().st_mode & 0o7777 == 0o755
    assert len(told) == 2


def test_pieces_may_be_cut_anywhere(tmp_path: Path) -> None:
    content = archive(("a", file(bytes(range(256)) * 100)))
    unpack((content[at : at + 7] for at in range(0, len(content), 7)), tmp_path / "b", lambda _told: None)
    assert (tmp_path / "b").read_bytes() == bytes(range(256)) * 100


def test_what_is_packed_belongs_to_root(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    buffer = io.BytesIO()
    pack(tmp_path / "a", "b", buffer)
    buffer.seek(0)
    with tarfile.open(fileobj=buffer) as packed:
        (entry,) = packed
    assert (entry.name, entry.uid, entry.gid, entry.uname) == ("b", 0, 0, "")


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(GitpodSyncError, match="cannot be written"):
        unpack([archive(("a/b", file(b"x")))], tmp_path / "file", lambda _told: None)
