"""The rights of a container's processes, as an engine is asked for them."""

from dataclasses import dataclass

UNCONFINED = "unconfined"
"""The engines' own word for "no profile", of seccomp and of AppArmor."""


@dataclass(frozen=True, slots=True)
class Privileges:
    """Rights as an engine is asked for them. Whatever is empty is left to the engine."""

    groups: tuple[int, ...] = ()
    """Further numeric groups of every process."""
    added: tuple[str, ...] = ()
    """Capabilities in upper case without ``CAP_``, or ``ALL``; sorted."""
    dropped: tuple[str, ...] = ()
    """As `added`: those taken away."""
    privileged: bool = False
    """All capabilities, all devices of the node, no filter of system calls, all of /proc."""
    read_only_root: bool = False
    """Whether the container's own file system cannot be written; its volumes still can."""
    no_new_privileges: bool = False
    """Whether set-user-ID programs give no further rights."""
    seccomp: str = ""
    """Name of the profile, or `UNCONFINED`; "": the engine's own."""
    app_armor: str = ""
    """Name of a profile loaded on the node, or `UNCONFINED`; "": the engine's own."""
    se_linux: tuple[tuple[str, str], ...] = ()
    """Parts of the label (user, role, type, level) and their values, sorted by part."""
    unmasked_proc: bool = False
    """All of /proc is shown and writable; a `privileged` container has that anyway."""


HARDENED = Privileges(dropped=("ALL",), read_only_root=True, no_new_privileges=True)
"""No rights at all: for programs of our own."""

SHARING = Privileges(
    added=("CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID"), dropped=("ALL",), read_only_root=True, no_new_privileges=True
)
"""The rights to give files of others to a group, and no more: for the same program where there is such work."""


def normalized_capability(written: str) -> str:
    """`cap_net_admin`, `CAP_NET_ADMIN` and `net_admin` all mean `NET_ADMIN`."""
    return written.upper().removeprefix("CAP_")


def normalized_capabilities(written: tuple[str, ...]) -> tuple[str, ...]:
    """Capabilities in upper case without CAP_, each once, sorted."""
    return tuple(sorted({normalized_capability(each) for each in written}))
