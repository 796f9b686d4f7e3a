"""The sandbox's image: our own static program, and nothing else, imported when it is missing."""

import io
import tarfile
from collections.abc import Callable
from contextlib import suppress

from docker import APIClient
from docker.errors import ImageNotFound

from gitpod_sync.engines.docker.sandbox_program import sandbox_program
from gitpod_sync.model.pod import MOST_VOLUMES


def import_sandbox(client: APIClient, reference: str) -> None:
    """Import the program for the engine's architecture under `reference`, unless it is there already.

    The reference's tag counts the versions of the program, and an import makes a new image each time.
    """
    inspect: Callable[[str], object] = client.inspect_image
    with suppress(ImageNotFound):
        inspect(reference)
        return
    repository, _, tag = reference.rpartition(":")
    client.import_image_from_data(
        _root_filesystem(sandbox_program(client.version()["Arch"])),
        repository=repository,
        tag=tag,
        changes=['ENTRYPOINT ["/sandbox"]'],
    )


def _root_filesystem(program: bytes) -> bytes:
    """The program, and a folder for every volume of a pod: an empty volume mounted there gets the folder's mode."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for number in range(MOST_VOLUMES):
            folder = tarfile.TarInfo(f"volumes/{number}")
            folder.type, folder.mode = tarfile.DIRTYPE, 0o777
            archive.addfile(folder)
        entry = tarfile.TarInfo("sandbox")
        entry.size = len(program)
        entry.mode = 0o755
        archive.addfile(entry, io.BytesIO(program))
    return buffer.getvalue()
