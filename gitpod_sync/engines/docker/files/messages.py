"""Files of termination messages, in the sandbox that has them mounted."""

import io
import tarfile
import time
from pathlib import PurePosixPath

from docker import APIClient

from gitpod_sync.operations.operations import ClearMessage

_MODE = 0o666


def clear_message(client: APIClient, operation: ClearMessage) -> None:
    """Another file under the same name: whoever still has the old one mounted keeps it."""
    path, buffer = PurePosixPath(operation.path), io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        entry = tarfile.TarInfo(path.name)
        entry.mode, entry.mtime = _MODE, int(time.time())
        archive.addfile(entry)
    client.put_archive(operation.id, str(path.parent), buffer.getvalue())
