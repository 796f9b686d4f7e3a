"""The registries that the simulated engine pulls from: every image can be had, unless a test says otherwise."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

from gitpod_sync.errors import ImageUnavailable
from gitpod_sync.model.engine.pull_progress import PullProgress
from gitpod_sync.model.pods.image import full_repository_of, has_digest, normalized_reference, repository_of
from gitpod_sync.model.pods.registry_login import Login

IMAGE_SIZE = 1_000_000


@dataclass(slots=True, kw_only=True)
class MemoryRegistries:
    """What a test may set about registries."""

    absent: set[str] = field(default_factory=set)
    """References that no registry has."""
    contents: dict[str, str] = field(default_factory=dict)
    """What a tag names, where that is not its own name; another content is a moved tag."""
    logins: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    """By host, the pairs of name and password that may ask; a host that is not here asks for none."""
    host_login: dict[str, tuple[str, str]] = field(default_factory=dict)
    """What `docker login` has left on the host: name and password by host of the registry."""
    on_pull: Callable[[str], None] = lambda _reference: None
    """Called in the middle of every pull, with the reference."""
    looks: list[str] = field(default_factory=list)
    """References whose digests were asked for, in order."""

    def find_digest(self, reference: str, logins: tuple[Login, ...]) -> str:
        """The digest that the reference names now. Raises `ImageUnavailable`."""
        host = full_repository_of(reference).partition("/")[0]
        allowed = self.logins.get(host)
        offered = [(login.username, login.password) for login in logins]
        offered += [self.host_login[host]] if host in self.host_login else []
        if allowed is not None and not allowed.intersection(offered):
            reason = "unauthorized: authentication required" if offered else "no basic auth credentials"
            origins = ", ".join(login.origin for login in logins)
            raise ImageUnavailable(f"{reason} (with {origins})" if origins else reason)
        if reference in self.absent:
            raise ImageUnavailable(f"manifest for {reference} not found")
        if has_digest(reference):
            return reference.partition("@")[2]
        return compute_digest(self.contents.get(normalized_reference(reference), normalized_reference(reference)))

    def pull(self, reference: str, logins: tuple[Login, ...], tell: Callable[[PullProgress], None]) -> str:
        """The name that the registry has for what it gives, `repository@sha256:…`. Raises `ImageUnavailable`."""
        digest = self.find_digest(reference, logins)
        tell(PullProgress(IMAGE_SIZE // 2, IMAGE_SIZE, 1, 2))
        self.on_pull(reference)
        return f"{repository_of(reference)}@{digest}"


def compute_digest(content: str) -> str:
    """The digest of a content that is known by this name."""
    return f"sha256:{hashlib.sha256(content.encode()).hexdigest()}"
