"""What happened to an object, in the words people know from Kubernetes' events.

No secret value ever goes into a message: whoever makes one writes names, not values.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from gitpod_sync.model.base.meta import Key

_NUMBER = re.compile(r"[0-9a-f]{12,}|\d+", re.ASCII)


class EventType(StrEnum):
    """Whether somebody may have to do something about it."""

    NORMAL = "Normal"
    WARNING = "Warning"


@dataclass(frozen=True, slots=True)
class Event:
    """One kind of happening to one object; the same one again is counted, not written anew.

    `uid` tells pods of one name apart; it is "" for objects that have none here. An `ongoing` one is the same with
    other numbers in its message (see `alike`): a wait that counts is one event, told in its newest words.
    """

    about: Key
    reason: str
    message: str
    type: EventType = EventType.NORMAL
    uid: str = ""
    ongoing: bool = False


def alike(message: str) -> str:
    """What is equal for messages that differ in numbers, or in the ids of containers, alone."""
    return _NUMBER.sub("#", message)


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """An event that happened `count` times from `first_at` to `last_at` (seconds since the epoch)."""

    event: Event
    count: int
    first_at: float
    last_at: float
