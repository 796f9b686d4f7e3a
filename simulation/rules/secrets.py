"""No secret value, nor a plain hash of one, is shown."""

import logging
from base64 import b64encode
from collections.abc import Iterator
from hashlib import md5, sha1, sha256

from gitpod_sync.operations.operations import CreateContainer
from gitpod_sync.plan.steps import Step
from simulation.sight import Sight

MARKER = "hunter2-of-the-simulation"
_BYTES = MARKER.encode()
FORMS = (
    MARKER,
    b64encode(_BYTES).decode().rstrip("="),
    *(make(_BYTES).hexdigest() for make in (md5, sha1, sha256)),
)


class SecretsStaySecret:
    """Not in labels, names, logs, events, records of failures, nor in the words of a plan."""

    name = "nothing secret is shown"

    def __init__(self) -> None:
        self.log = _Log()

    def look(self, sight: Sight) -> Iterator[str]:
        """See `Rule`."""
        for step in sight.plan.steps:
            yield from shown("the plan", f"{step.subject} {step.cause} {step.retry} {step.chain}")
            yield from shown("what is given to the engine for all to see", _visible(step))
        for wait in sight.plan.waiting:
            yield from shown("what is waited for", f"{wait.subject} {wait.message}")
        yield from shown("the log", self.log.take())

    def look_back(self, sight: Sight) -> Iterator[str]:
        """The same of what is kept."""
        for event in sight.world.history.events():
            yield from shown("an event", str(event))
        for failure in sight.world.history.failures().values():
            yield from shown("a failure", failure.message)
        yield from shown("the log", self.log.take())


def shown(where: str, text: str) -> Iterator[str]:
    """A sentence if the text holds the value in any form."""
    if any(form in text for form in FORMS):
        yield f"{where} holds the value of a Secret: {text[:200]}"


def _visible(step: Step) -> str:
    match step.operation:
        case CreateContainer(name, config):
            volumes = [text for mount in config.mounts for label in mount.volume_labels for text in label]
            return " ".join((name, *config.labels.values(), *volumes))
        case _:
            return ""


class _Log(logging.Handler):
    """Everything that is logged."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self._lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self._lines.append(record.getMessage())

    def take(self) -> str:
        """What has been logged since the last time."""
        text = "\n".join(self._lines)
        self._lines.clear()
        return text
