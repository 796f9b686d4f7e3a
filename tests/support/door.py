"""The command line as a process of its own has it: with its door, and nothing between it and its streams."""

import io
import os
import sys
from dataclasses import dataclass
from unittest.mock import patch

from gitpod_sync.cli.main import main


@dataclass(frozen=True, slots=True)
class Typed:
    """What came of a command."""

    status: int
    out: str
    err: str


def typed(*arguments: str) -> Typed:
    """Type a command; this process plays the one that carries it out."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    mask = os.umask(0o077)
    try:
        with patch.multiple(sys, argv=["gitpod-sync", *arguments], stdout=out, stderr=err):
            main()
    except SystemExit as end:
        status = int(end.code or 0)
    finally:
        os.umask(mask)
    texts = (stream.buffer.getvalue().decode() for stream in (out, err) if isinstance(stream.buffer, io.BytesIO))
    return Typed(status, *texts)
