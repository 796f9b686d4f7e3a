"""Keeps what a slow engine does to the commands of probes away from their containers, and says so once."""

import asyncio
import logging
import time
from collections.abc import Callable

from gitpod_sync.model.records.lateness import Lateness, is_engine_to_blame, take_answer
from gitpod_sync.model.records.probing import Answer, ProbeTarget, RunCommand

log = logging.getLogger(__name__)

OTHERS_WITHIN = 1.0
"""Seconds for which a late answer is held back: those that are late with it come one after the other."""

_SILENT = "the engine does not answer: what probes by command would find is unknown, and fails no container"
_SLOW = (
    "commands of probes in many containers did not end in time, all at once: that is the engine's or its machine's, "
    "and fails no container"
)


class EngineSlowness:
    """Owned by the loop of the probes. `complain` is called with what is wrong, once until it is well again."""

    def __init__(self, complain: Callable[[str], None]) -> None:
        self._complain = complain
        self._lateness = Lateness()
        self._told = ""

    async def weigh(self, target: ProbeTarget, answer: Answer | None) -> Answer | None:
        """The answer; None when it says more about the engine than about the container, or when there is none."""
        if not isinstance(target.question, RunCommand):
            return answer  # asked past the engine
        if answer is None:
            self._tell("silent", _SILENT)
            return None
        self._lateness = take_answer(self._lateness, target.container, time.monotonic(), late=answer.late)
        if answer.late:
            await asyncio.sleep(OTHERS_WITHIN)
        blamed = is_engine_to_blame(self._lateness, time.monotonic())
        if answer.late and blamed:
            how_many = f"{self._lateness.late} of {len(self._lateness.answers)} containers"
            log.debug("%s: late, as those of %s", target.subject, how_many)
            self._tell("slow", _SLOW)
            return None
        if not blamed and not answer.late:
            self._told = ""
        return answer

    def _tell(self, what: str, words: str) -> None:
        if what != self._told:
            log.warning("%s", words)
            self._complain(words)
        self._told = what
