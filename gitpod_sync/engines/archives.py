"""What engines give as tar archives."""

import io
import tarfile
from collections.abc import Iterable


def read_file(archive: Iterable[bytes]) -> bytes:
    """The content of the archive's first file; empty when there is none."""
    with tarfile.open(fileobj=io.BytesIO(b"".join(archive))) as unpacked:
        contents = (unpacked.extractfile(entry) for entry in unpacked if entry.isfile())
        return next((content.read() for content in contents if content is not None), b"")
