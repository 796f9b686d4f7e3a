"""Events: what happened to objects, in the words of Kubernetes' events.

No secret value ever goes into a message: the code that makes one writes names, not values.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from gitpod_sync.model.base.meta import Key

_NUMBER = re.compile(r"[0-9a-f]{12,}|\d+", re.ASCII)


class EventType(StrEnum):
    """Whether a person may have to do something about an event."""

    NORMAL = "Normal"
    WARNING = "Warning"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to an object. The same event again is counted, not written anew."""

    about: Key
    """The object."""
    reason: str
    """One word in CamelCase, Kubernetes' where it has one."""
    message: str
    """For people; no value of a Secret is in it."""
    type: EventType = EventType.NORMAL
    """Whether it is as it should be."""
    uid: str = ""
    """Tells pods of one name apart; "" for objects that have no UID here."""
    ongoing: bool = False
    """Events that are `alike` are one: a wait whose numbers change is a single event in its newest words."""


def alike(message: str) -> str:
    """The part of a message that is equal where only numbers or the ids of containers differ."""
    return _NUMBER.sub("#", message)


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """An event that happened `count` times from `first_at` to `last_at` (seconds since the epoch)."""

    event: Event
    count: int
    first_at: float
    last_at: float
