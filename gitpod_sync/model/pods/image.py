"""Image references and the pull policy that follows from them; images as volumes."""

from dataclasses import dataclass
from enum import StrEnum

DEFAULT_REGISTRY = "docker.io"
"""The registry that a reference without one means, to every engine (Docker: "docker image tag", HOST)."""


class PullPolicy(StrEnum):
    """When an image is pulled (Kubernetes: "Images", imagePullPolicy)."""

    ALWAYS = "Always"
    IF_NOT_PRESENT = "IfNotPresent"
    NEVER = "Never"


def normalized_reference(reference: str) -> str:
    """The reference with its tag: `nginx` means `nginx:latest`; a digest is kept."""
    if has_digest(reference) or ":" in reference.rpartition("/")[2]:
        return reference
    return f"{reference}:latest"


def default_pull_policy(reference: str) -> PullPolicy:
    """Always for `:latest` and for no tag, else IfNotPresent."""
    moving = not has_digest(reference) and normalized_reference(reference).endswith(":latest")
    return PullPolicy.ALWAYS if moving else PullPolicy.IF_NOT_PRESENT


def has_digest(reference: str) -> bool:
    """Whether it names one content for ever: `name@sha256:…`."""
    return "@" in reference


def repository_of(reference: str) -> str:
    """The name without tag and digest, as written: `nginx:1` → `nginx`."""
    head, slash, last = reference.partition("@")[0].rpartition("/")
    return f"{head}{slash}{last.partition(':')[0]}"


def full_repository_of(reference: str) -> str:
    """The same with its registry: `nginx:1` → `docker.io/library/nginx`.

    What comes before the first slash is a registry if it has a dot or a port, or is `localhost`.
    """
    repository = repository_of(reference)
    first, slash, rest = repository.partition("/")
    if slash and (set(".:") & set(first) or first == "localhost"):
        return repository if first != f"index.{DEFAULT_REGISTRY}" else f"{DEFAULT_REGISTRY}/{rest}"
    return f"{DEFAULT_REGISTRY}/{repository}" if slash else f"{DEFAULT_REGISTRY}/library/{repository}"


def digest_in(reference: str, repository_digests: tuple[str, ...]) -> str:
    """The registry's digest of the content (`sha256:…`), out of `name@sha256:…` as an engine lists them; "" for none.

    An image that came from several repositories has a digest in each.
    """
    wanted = full_repository_of(reference)
    found = (each.partition("@")[2] for each in repository_digests if full_repository_of(each) == wanted)
    return next(found, "")


@dataclass(frozen=True, slots=True)
class ImageVolume:
    """The files of an image, read-only (Kubernetes: "Volumes", image). It is pulled as a container's own image is."""

    reference: str = ""
    pull_policy: PullPolicy | None = None
