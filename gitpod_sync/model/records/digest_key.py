"""Keyed digests: without the key they show nothing of their content.

Values from Secrets are remembered by such digests only: a plain hash would let a short value be guessed.
"""

import hashlib
import hmac
from dataclasses import dataclass, field

_ID_LENGTH = 8
_LENGTH = 32


@dataclass(frozen=True, slots=True)
class DigestKey:
    """A random key of this instance, kept in its state directory; with another one nothing compares."""

    secret: bytes = field(repr=False)

    @property
    def id(self) -> str:
        """Name of the key with which a digest was made; the key itself cannot be found from it."""
        return hashlib.sha256(b"id of a digest key\0" + self.secret).hexdigest()[:_ID_LENGTH]

    def digest(self, *parts: bytes) -> str:
        """`id.digest` of the parts in their order, hexadecimal."""
        made = hmac.new(self.secret, digestmod=hashlib.sha256)
        for part in parts:
            made.update(len(part).to_bytes(8, "big") + part)
        return f"{self.id}.{made.hexdigest()[:_LENGTH]}"

    def made(self, digest: str) -> bool:
        """Whether a digest was made with this key, so that it can be compared."""
        return digest.startswith(f"{self.id}.")


NO_KEY = DigestKey(b"")
"""For what refers to nothing confidential and is never carried out."""
