"""Where the engine keeps its volumes, for parts of them to be mounted.

From API 1.45 on the engine mounts a part of a volume by itself; before, it is asked for a path of its own node.
"""

from collections.abc import Mapping

from docker import APIClient
from docker.utils import version_gte

from gitpod_sync.model.engine.container import ContainerConfig, MountKind

_MOUNTS_PARTS = "1.45"


def find_mountpoints(client: APIClient, config: ContainerConfig) -> Mapping[str, str]:
    """Paths of the volumes that are mounted in part, by name; empty for an engine that mounts parts by itself."""
    if version_gte(client.api_version, _MOUNTS_PARTS):
        return {}
    names = {mount.source for mount in config.mounts if mount.sub_path and mount.kind is MountKind.VOLUME}
    return {name: str(client.inspect_volume(name)["Mountpoint"]) for name in sorted(names)}
