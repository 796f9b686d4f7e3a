"""A source in the configuration. Imports neither git nor watchdog: every command reads it."""

from dataclasses import dataclass, field

from gitpod_sync.sources.address import local_path, without_credentials

DEFAULT_POLL = 60.0


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """A source of manifests as the configuration has it."""

    name: str
    """Unique; what people and messages call it."""
    url: str = field(repr=False)
    """A repository or a folder. Not shown in a `repr`: it may bear a password."""
    branch: str = ""
    """Empty: the repository's own HEAD."""
    path: str = ""
    """The sub-path that is read; "": everything."""
    poll: float = DEFAULT_POLL
    """Seconds from one look to the next."""
    allow_empty: bool = False
    """Whether a revision may take away what nobody seems to have wished away (see `manifests.removals`)."""

    @property
    def key(self) -> str:
        """The name of the source in the history: where it is, without credentials, branch and path."""
        return f"{local_path(self.url) or without_credentials(self.url)}#{self.branch}:{self.path}"
