"""Names for contents: the hash of a pod template, and UIDs and name suffixes made from material that is handed in."""

import hashlib
import json
from functools import lru_cache

from gitpod_sync.model.codec import canonical, decode
from gitpod_sync.model.pod import PodTemplate

_SAFE = "bcdfghjklmnpqrstvwxz2456789"
"""No vowels and no look-alikes, as in Kubernetes' generated names."""


def safe_digest(material: str, length: int) -> str:
    """`length` characters that are safe in names and stand for `material`."""
    number = int.from_bytes(hashlib.sha256(material.encode()).digest(), "big")
    letters = []
    for _ in range(length):
        number, index = divmod(number, len(_SAFE))
        letters.append(_SAFE[index])
    return "".join(letters)


def template_hash(template: PodTemplate) -> str:
    """Ten characters that change exactly when the template means something else."""
    return safe_digest(canonical(template), 10)


def uid_from(material: str) -> str:
    """A UUID-shaped UID; fresh as long as `material` is."""
    digest = hashlib.sha256(material.encode()).hexdigest()
    return "-".join((digest[:8], digest[8:12], digest[12:16], digest[16:20], digest[20:32]))


@lru_cache(maxsize=4096)
def template_from_label(text: str) -> PodTemplate:
    """The template kept in a sandbox's label. Raises `ManifestError` or `ValueError` when it is none."""
    return decode(PodTemplate, json.loads(text))
