"""A tiny image from static busybox, so that neither demo nor tests need a registry.

    python scripts/tiny_image.py REFERENCE...

Every reference gets an image of its own: `/etc/release` names it.
"""

import io
import shutil
import struct
import subprocess
import sys
import tarfile
from pathlib import Path

from docker import APIClient
from docker.utils import kwargs_from_env

_INTERPRETER = 3
"""PT_INTERP: the kind of program header that names a dynamic loader."""

_PASSWD = b"root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n"
_GROUP = b"root:x:0:\nnobody:x:65534:\n"


def import_tiny_image(client: APIClient, reference: str) -> None:
    """Import it under the reference. Exits with one line when there is no static busybox."""
    repository, _, tag = reference.rpartition(":")
    client.import_image_from_data(
        build_root_filesystem(reference), repository=repository, tag=tag, changes=["ENV PATH=/bin"]
    )


def build_root_filesystem(reference: str, padding: bytes = b"") -> bytes:
    """A tar archive with busybox, a link for each of its applets, and the few files that programs expect.

    `padding` is a further file, for an image that has to have a size.
    """
    busybox = _static_busybox()
    applets = subprocess.run([busybox, "--list"], check=True, capture_output=True, text=True).stdout.split()
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for folder, mode in (("bin", 0o755), ("etc", 0o755), ("root", 0o700), ("tmp", 0o1777)):
            entry = tarfile.TarInfo(folder)
            entry.type, entry.mode = tarfile.DIRTYPE, mode
            archive.addfile(entry)
        _add(archive, "bin/busybox", Path(busybox).read_bytes(), 0o755)
        for applet in sorted(set(applets) - {"busybox"}):
            link = tarfile.TarInfo(f"bin/{applet}")
            link.type, link.linkname = tarfile.SYMTYPE, "busybox"
            archive.addfile(link)
        _add(archive, "etc/passwd", _PASSWD, 0o644)
        _add(archive, "etc/group", _GROUP, 0o644)
        _add(archive, "etc/release", reference.encode() + b"\n", 0o644)
        if padding:
            _add(archive, "padding", padding, 0o644)
    return buffer.getvalue()


def _add(archive: tarfile.TarFile, name: str, content: bytes, mode: int) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), mode
    archive.addfile(entry, io.BytesIO(content))


def _static_busybox() -> str:
    path = shutil.which("busybox") or "/bin/busybox"
    if not Path(path).exists() or not _is_static(Path(path).read_bytes()):
        sys.exit("there is no static busybox on this machine; install the package busybox-static")
    return path


def _is_static(program: bytes) -> bool:
    """Whether an ELF file (64 bit, little endian) asks for no interpreter."""
    start, size, count = struct.unpack_from("<Q", program, 32)[0], *struct.unpack_from("<HH", program, 54)
    kinds = (struct.unpack_from("<I", program, start + number * size)[0] for number in range(count))
    return _INTERPRETER not in kinds


def main() -> None:
    """Import under every reference given."""
    client = APIClient(**kwargs_from_env(), version="auto")
    for reference in sys.argv[1:]:
        import_tiny_image(client, reference)
        print(f"imported {reference}")


if __name__ == "__main__":
    main()
