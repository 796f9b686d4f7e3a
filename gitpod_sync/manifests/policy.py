"""Choices about reading manifests: which files are read, which kinds are passed over, how strict it is."""

from dataclasses import dataclass

from gitpod_sync.manifests.yaml.limits import DEFAULT_LIMITS, Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The choices of one configuration about manifests; the defaults are those of a new user."""

    strict: bool = False
    """Makes errors of warnings about references to objects that the revision does not have."""
    ignore_kinds: tuple[str, ...] = ()
    """Kinds nobody knows here that are passed over with a note: `Kind`, `Kind.group` or `*.group`."""
    include: tuple[str, ...] = ("**/*.yaml", "**/*.yml", "**/*.json")
    """Patterns of paths below the source's sub-path (`**` crosses folders); one has to match for a file to be read."""
    exclude: tuple[str, ...] = ()
    """As `include`: none may match."""
    limits: Limits = DEFAULT_LIMITS
    """How large files may be, and how much they may hold."""
    state_dir: str = "/var/lib/gitpod-sync"
    """The folder of the daemon; a pod that mounts it is warned of."""


DEFAULT_POLICY = Policy()
