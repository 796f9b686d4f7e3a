"""Options of a volume on a file server, in the words of mount(8), and back. Pure."""

from collections.abc import Mapping

_TYPE = "nfs"


def compute_nfs_options(server: str, path: str) -> dict[str, str]:
    """Options of the local driver. The version is given, because the kernel's own default is older than 4."""
    return {"type": _TYPE, "o": f"addr={server},nfsvers=4", "device": f":{path}"}


def read_nfs_options(options: Mapping[str, str]) -> str:
    """``server:/path``, "" for a volume of another kind."""
    if options.get("type") != _TYPE:
        return ""
    said = dict(option.partition("=")[::2] for option in options.get("o", "").split(","))
    return f"{said.get('addr', '')}{options.get('device', '')}"
