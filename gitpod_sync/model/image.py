"""Image references and the pull policy that follows from them."""

from enum import StrEnum


class PullPolicy(StrEnum):
    """When an image is pulled (Kubernetes: "Images", imagePullPolicy)."""

    ALWAYS = "Always"
    IF_NOT_PRESENT = "IfNotPresent"
    NEVER = "Never"


def normalized_reference(reference: str) -> str:
    """The reference with its tag: `nginx` means `nginx:latest`; a digest stands as it is."""
    if "@" in reference or ":" in reference.rpartition("/")[2]:
        return reference
    return f"{reference}:latest"


def default_pull_policy(reference: str) -> PullPolicy:
    """Always for `:latest` and for no tag, else IfNotPresent."""
    moving = "@" not in reference and normalized_reference(reference).endswith(":latest")
    return PullPolicy.ALWAYS if moving else PullPolicy.IF_NOT_PRESENT
