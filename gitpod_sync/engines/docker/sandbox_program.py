"""The static program that is all there is in a sandbox's image: it reaps what is orphaned and waits to be ended.

The programs are assembled from the sources in the repository's sandbox/ by `make sandbox`, and kept in the package so
that installing needs no assembler.
"""

from importlib.resources import files

from gitpod_sync.errors import EngineError

_ARCHITECTURES = ("amd64", "arm64")


def sandbox_program(architecture: str) -> bytes:
    """The ELF file for an engine's architecture, as the engine's version call names it (`Arch`).

    Raises `EngineError` for an architecture that there is no program for.
    """
    if architecture not in _ARCHITECTURES:
        raise EngineError(
            f"there is no sandbox program for the engine's architecture {architecture!r}",
            f"use an engine on {' or '.join(_ARCHITECTURES)}",
        )
    return files(__package__).joinpath("sandbox", architecture).read_bytes()
