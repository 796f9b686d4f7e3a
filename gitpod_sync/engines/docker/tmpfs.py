"""Options of a volume in memory, in the words of mount(8), and back. Pure."""


def compute_tmpfs_options(size: int, group: int) -> str:
    """Everybody may write; what is made in a volume of a group belongs to that group."""
    options = [f"mode={'2777' if group else '0777'}"]
    if size:
        options.append(f"size={size}")
    if group:
        options.append(f"gid={group}")
    return ",".join(options)


def read_tmpfs_options(text: str) -> tuple[int, int]:
    """The size in bytes and the group; 0 for what is not said or was not said by us."""
    found = dict(option.partition("=")[::2] for option in text.split(","))
    size, group = found.get("size", ""), found.get("gid", "")
    return int(size) if size.isdecimal() else 0, int(group) if group.isdecimal() else 0
