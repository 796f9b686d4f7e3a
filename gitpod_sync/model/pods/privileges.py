"""What an engine is told of the rights of a container's processes."""

from dataclasses import dataclass

UNCONFINED = "unconfined"
"""The engines' own word for "no profile", of seccomp and of AppArmor."""


@dataclass(frozen=True, slots=True)
class Privileges:
    """Rights, as one asks an engine for them. What is empty is left to the engine.

    `groups` are further ones of every process. Capabilities are in upper case without ``CAP_``, or ``ALL``, sorted.
    `seccomp` and `app_armor` are names of profiles (or `UNCONFINED`), `se_linux` pairs of part and value, sorted by
    part. `unmasked_proc` shows all of /proc, writable; what is `privileged` has that anyway.
    """

    groups: tuple[int, ...] = ()
    added: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    privileged: bool = False
    read_only_root: bool = False
    no_new_privileges: bool = False
    seccomp: str = ""
    app_armor: str = ""
    se_linux: tuple[tuple[str, str], ...] = ()
    unmasked_proc: bool = False


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
    """Each once, sorted."""
    return tuple(sorted({normalized_capability(each) for each in written}))
