"""The machine under the engine, as far as the engine reports it, and as far as it is this machine."""

import os
import re
import socket
from collections.abc import Mapping
from typing import Any

from gitpod_sync.model.engine.features import EngineFeatures, Feature
from gitpod_sync.model.engine.observed import ObservedNode

_RECURSIVE_ENGINE, _RECURSIVE_KERNEL = (25, 0), (5, 12)
"""Docker Engine 25.0 release notes: read-only bind mounts are recursively so, from Linux 5.12 on."""

_ARCHITECTURES = {
    "x86_64": "amd64",
    "aarch64": "arm64",
    "armv7l": "arm",
    "armv6l": "arm",
    "i386": "386",
    "i686": "386",
}
"""The kernel's words in Go's, which Kubernetes' labels speak; others are the same in both."""
_MOUNTS_IMAGES = (28, 0)
"""Docker Engine 28.0, API 1.48: mounts of type image."""


def read_machine(info: Mapping[str, Any]) -> ObservedNode:
    """The answer of `GET /info`, and how large its disk is when that machine is ours."""
    ours = info.get("Name") == socket.gethostname()
    return ObservedNode(
        name=(info.get("Name") or "").lower(),
        cpus=info.get("NCPU") or 0,
        memory=info.get("MemTotal") or 0,
        os=info.get("OSType") or "linux",
        architecture=_ARCHITECTURES.get(info.get("Architecture") or "", info.get("Architecture") or ""),
        storage=_size_of(info.get("DockerRootDir") or "") if ours else 0,
        features=_read_features(info),
    )


def _read_features(info: Mapping[str, Any]) -> EngineFeatures:
    security = {option.partition("name=")[2].partition(",")[0] for option in info.get("SecurityOptions") or ()}
    engine, kernel = _version(info.get("ServerVersion")), _version(info.get("KernelVersion"))
    lacks = {}
    if engine < _MOUNTS_IMAGES:
        lacks[Feature.IMAGE_VOLUMES] = "Docker Engine 28"
    if engine < _RECURSIVE_ENGINE or kernel < _RECURSIVE_KERNEL:
        lacks[Feature.RECURSIVE_READ_ONLY] = "Docker Engine 25 and Linux 5.12"
    return EngineFeatures(
        runtime="docker",
        lacks=lacks,
        app_armor="apparmor" in security,
        se_linux="selinux" in security,
        log_driver=info.get("LoggingDriver") or "",
    )


def _size_of(folder: str) -> int:
    """Bytes of the file system that the folder is on; 0 when it cannot be looked at."""
    try:
        found = os.statvfs(folder)
    except OSError:
        return 0
    return found.f_blocks * found.f_frsize


def _version(text: str | None) -> tuple[int, int]:
    """`25.0.3` and `6.1.0-13-amd64` to their first two numbers; nothing to zeros."""
    numbers = [int(number) for number in re.findall(r"\d+", text or "")][:2]
    return (*numbers, 0, 0)[0], (*numbers, 0, 0)[1]
