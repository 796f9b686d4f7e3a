"""Every error that a person may get to read.

    GitpodSyncError                 one line: what is wrong and what to do
    ├── ConfigError                 the configuration cannot be used as it stands
    ├── SourceError                 a source cannot be read; the last good revision stays in force
    │   └── NoSuchPath              the commit is there, but not the path in it
    ├── ManifestError               a value of a manifest cannot be understood
    ├── EngineError                 the engine answered no
    │   ├── EngineUnavailable       the engine did not answer; wait and connect again
    │   ├── EngineConflict          the name or port is taken; look again, then decide anew
    │   ├── EngineNotFound          what the call named is gone; look again
    │   ├── ImageUnavailable        an image is neither here nor to be had
    │   ├── DiskFull                there is no space left where the engine keeps its things
    │   └── HookFailed              a hook of a container came to a bad end; it is not tried again
    ├── InstanceTaken               the instance is looked after from elsewhere; nothing was changed
    └── NotConverged                a sync ended before everything was as Git says

Errors of libraries are wrapped once, where they are met, with the original as `__cause__`.
"""

from gitpod_sync.redaction import redact


class GitpodSyncError(Exception):
    """Base of all. `str()` is the one line shown to the user; `remedy` says what to do. Neither has credentials."""

    def __init__(self, message: str, remedy: str = "") -> None:
        self.message, self.remedy = redact(message), redact(remedy)
        super().__init__(self.message)

    def __str__(self) -> str:
        return f"{self.message}; {self.remedy}" if self.remedy else self.message


class ConfigError(GitpodSyncError):
    """The configuration file, an environment variable or a flag cannot be used."""


class SourceError(GitpodSyncError):
    """A source cannot be reached or read."""


class NoSuchPath(SourceError):
    """A commit has nothing at the path that is asked for."""


class ManifestError(GitpodSyncError):
    """A value in a manifest cannot be understood (quantity, percentage, selector …)."""


class EngineError(GitpodSyncError):
    """The engine refused a call."""


class EngineUnavailable(EngineError):
    """The engine does not answer at all."""


class EngineConflict(EngineError):
    """Another container, network or process holds the name or the port."""


class EngineNotFound(EngineError):
    """The container, volume, network or image named by the call does not exist."""


class ImageUnavailable(EngineError):
    """The image is not on the engine and could not be pulled."""


class DiskFull(EngineError):
    """There is no space left on the engine's disk. It is said without the engine's words, which may repeat a path."""

    def __init__(self) -> None:
        super().__init__("no space is left on the engine's disk", "make room there; it is tried again")


class HookFailed(EngineError):
    """A command or request of a hook failed, or took too long."""


class InstanceTaken(GitpodSyncError):
    """The instance on the engine belongs to another gitpod-sync."""


class NotConverged(GitpodSyncError):
    """The wanted state was not reached in the time given."""
