"""Termination messages: what a container leaves behind to be read after its end.

Source of the rules and numbers: Kubernetes, "Determine the Reason for Pod Failure", and the kubelet: the file of a
container is its own for each of its runs, anybody may write it, and what is kept of it is its end.
"""

from dataclasses import dataclass
from enum import StrEnum

DEFAULT_PATH = "/dev/termination-log"

_FOLDER = "/messages"

LONGEST = 4096
"""Bytes that are kept of one message."""

LONGEST_TOGETHER = 12 * 1024
"""Bytes that the messages of a pod's containers have together, the same share for each."""

LONGEST_OF_LOG = 2048
LINES_OF_LOG = 80
"""How much of a log stands for a message that is missing: so many bytes or lines, whichever is less."""

ROOMS = (2, 8, 64)
"""For how many containers a sandbox's image has folders with files for messages."""

MOST_CONTAINERS = ROOMS[-1]

FILES_EACH = 3
"""Attempts take turns: one runs, the one before it can still be read, and the one before that is emptied."""


class TerminationMessagePolicy(StrEnum):
    """The source of a message: the file alone, or the log when the file is empty and the container has failed."""

    FILE = "File"
    FALLBACK_TO_LOGS_ON_ERROR = "FallbackToLogsOnError"


@dataclass(frozen=True, slots=True)
class MessageFile:
    """The file of one attempt: its `name` in the `folder` at which the sandbox mounts the pod's messages."""

    folder: str
    name: str

    @property
    def path(self) -> str:
        """The file's path in the sandbox."""
        return f"{self.folder}/{self.name}"


def message_folder(containers: int) -> str:
    """The folder for messages in a sandbox with so many containers; the sandbox's image has empty files there."""
    room = next((each for each in ROOMS if containers <= each), MOST_CONTAINERS)
    return f"{_FOLDER}/{room}"


def is_message_folder(target: str) -> bool:
    """Whether a sandbox mounts messages there."""
    return target.startswith(f"{_FOLDER}/")


def message_file(containers: int, index: int, attempt: int) -> MessageFile:
    """The file of an attempt of the container that is the `index`-th of its pod."""
    return MessageFile(message_folder(containers), str(index * FILES_EACH + attempt % FILES_EACH))


def cut_message(text: bytes, containers: int) -> str:
    """The end of a message, as long as each container of a pod with so many containers may have it."""
    return text[-min(LONGEST, LONGEST_TOGETHER // max(1, containers)) :].decode(errors="replace")


def cut_log(log: bytes) -> bytes:
    """The end of a log, which stands for a message."""
    return b"".join(log.splitlines(keepends=True)[-LINES_OF_LOG:])[-LONGEST_OF_LOG:]
