"""Options of volumes in memory and on file servers, in the words of mount(8), and back. Pure."""

from collections.abc import Mapping

_NFS = "nfs"


def compute_tmpfs_options(size: int, group: int) -> str:
    """Options of a volume in memory. Everybody may write; what is made in a volume of a group belongs to that group."""
    options = [f"mode={'2777' if group else '0777'}"]
    if size:
        options.append(f"size={size}")
    if group:
        options.append(f"gid={group}")
    return ",".join(options)


def read_tmpfs_options(text: str) -> tuple[int, int]:
    """The size in bytes and the group of a volume in memory; 0 for what is not said or was not said by us."""
    found = dict(option.partition("=")[::2] for option in text.split(","))
    size, group = found.get("size", ""), found.get("gid", "")
    return int(size) if size.isdecimal() else 0, int(group) if group.isdecimal() else 0


def compute_nfs_options(server: str, path: str) -> dict[str, str]:
    """Options of the local driver for a volume on a file server.

    The version is given, because the kernel's own default is older than 4.
    """
    return {"type": _NFS, "o": f"addr={server},nfsvers=4", "device": f":{path}"}


def read_nfs_options(options: Mapping[str, str]) -> str:
    """``server:/path``, "" for a volume of another kind."""
    if options.get("type") != _NFS:
        return ""
    said = dict(option.partition("=")[::2] for option in options.get("o", "").split(","))
    return f"{said.get('addr', '')}{options.get('device', '')}"
