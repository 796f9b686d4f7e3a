"""What a reader of manifests may choose: which files are read, which kinds are passed over, how strict it is."""

from dataclasses import dataclass

from gitpod_sync.manifests.yaml.limits import DEFAULT_LIMITS, Limits


@dataclass(frozen=True, slots=True)
class Policy:
    """The choices of one configuration; the defaults are those of a new user.

    `strict` makes errors of warnings about references to objects that the revision does not have. `ignore_kinds` are
    kinds nobody knows here that are passed over with a note: `Kind`, `Kind.group` or `*.group`. `include` and `exclude`
    are patterns of paths below the source's sub-path (`**` crosses folders); a file is read when one of `include` and
    none of `exclude` matches. A pod that mounts `state_dir`, the folder of the daemon, is warned of.
    """

    strict: bool = False
    ignore_kinds: tuple[str, ...] = ()
    include: tuple[str, ...] = ("**/*.yaml", "**/*.yml", "**/*.json")
    exclude: tuple[str, ...] = ()
    limits: Limits = DEFAULT_LIMITS
    state_dir: str = "/var/lib/gitpod-sync"


DEFAULT_POLICY = Policy()
