"""A file that is written into a volume for a pod."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class VolumeFile:
    """`path` is relative to the volume's root; the content may be confidential and is never printed."""

    path: str
    content: bytes = field(repr=False)
    mode: int
