"""What the configuration says of a source. Imports neither git nor watchdog: every command reads it."""

from dataclasses import dataclass, field

from gitpod_sync.sources.address import local_path, without_credentials

DEFAULT_POLL = 60.0


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """A source. An empty `branch` means the repository's own HEAD, an empty `path` everything; `poll` is in seconds.

    `allow_empty` permits what a revision of it would take away unasked (see `manifests.removals`).
    """

    name: str
    url: str = field(repr=False)
    branch: str = ""
    path: str = ""
    poll: float = DEFAULT_POLL
    allow_empty: bool = False

    @property
    def key(self) -> str:
        """What the history knows the source by: where it is, without credentials, branch and path."""
        return f"{local_path(self.url) or without_credentials(self.url)}#{self.branch}:{self.path}"
