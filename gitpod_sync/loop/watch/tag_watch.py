"""Looks up what followed tags name, beside the passes: a registry far away may take its time.

What is found is durable, and a fact of the next pass. After a failure a look is made more and more rarely.
"""

import hashlib
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from queue import Empty, SimpleQueue

from gitpod_sync.engines.protocol import Engine
from gitpod_sync.errors import EngineError
from gitpod_sync.model.desired import Desired
from gitpod_sync.model.records.event import Event
from gitpod_sync.model.records.image_digest import ImageDigest
from gitpod_sync.model.settings import Settings
from gitpod_sync.plan.images.image_digests import ImageTarget, compute_image_targets, followers_of
from gitpod_sync.status.history import History
from gitpod_sync.workers import Lane, Workers

log = logging.getLogger(__name__)

JITTER = 0.1
LONGEST_BACKOFF = 3600.0


@dataclass(frozen=True, slots=True)
class _Answer:
    reference: str
    digest: str = ""
    error: str = ""


class ImageLooks:
    """Owned by the deciding thread. `ring` is called when an answer has come."""

    def __init__(self, engine: Engine, workers: Workers, history: History, ring: Callable[[], None]) -> None:
        self._engine = engine
        self._workers = workers
        self._history = history
        self._ring = ring
        self._answers: SimpleQueue[_Answer] = SimpleQueue()
        self._under_way: set[str] = set()
        self._failures: dict[str, tuple[int, float]] = {}
        """How often the look failed in a row, and when it did last."""
        self._desired: Desired | None = None
        self._targets: tuple[ImageTarget, ...] = ()
        self.found: Mapping[str, ImageDigest] = history.image_digests()
        """What the tags name, by reference; another mapping when anything of it has changed."""
        self.look_at: float | None = None
        """When the next look is due; None when nothing is followed."""

    def collect(self, now: float) -> Iterable[Event]:
        """Take in the answers that have come; what they mean to the workloads that follow the tags."""
        events: list[Event] = []
        while True:
            try:
                answer = self._answers.get_nowait()
            except Empty:
                return events
            self._under_way.discard(answer.reference)
            if answer.error:
                self._fail(answer, now)
            else:
                events += self._learn(answer, now)

    def follow(self, desired: Desired, settings: Settings, now: float) -> None:
        """Begin the looks that are due for what Git asks. Returns at once."""
        if desired is not self._desired:
            self._desired, self._targets = desired, compute_image_targets(desired, settings)
            self._forget_unfollowed(desired)
        due = []
        for target in self._targets:
            if target.reference in self._under_way:
                continue
            at = self._due_at(target)
            if at <= now:
                self._begin(target)
            else:
                due.append(at)
        self.look_at = min(due, default=None)

    def _due_at(self, target: ImageTarget) -> float:
        known = self.found.get(target.reference)
        failures, failed_at = self._failures.get(target.reference, (0, 0.0))
        last = max(failed_at, known.at if known else 0.0)
        return last + compute_interval(target, failures, last) if last else 0.0

    def _begin(self, target: ImageTarget) -> None:
        self._under_way.add(target.reference)

        def look() -> None:
            answer = _Answer(target.reference, error="the look was broken off")
            try:
                answer = _Answer(target.reference, self._engine.find_digest(target.reference, target.logins))
            except EngineError as error:
                answer = _Answer(target.reference, error=str(error))
            finally:
                self._answers.put(answer)
                self._ring()

        self._workers.submit(look, Lane.LOOKS)

    def _learn(self, answer: _Answer, now: float) -> Iterable[Event]:
        self._failures.pop(answer.reference, None)
        known = self.found.get(answer.reference)
        latest = ImageDigest(known.first if known else answer.digest, answer.digest, now)
        self.found = {**self.found, answer.reference: latest}
        self._history.record_image_digest(answer.reference, latest)
        if known is None or known.latest == answer.digest or self._desired is None:
            return ()
        message = f'The tag of image "{answer.reference}" has moved: it names {answer.digest} now'
        log.info("%s", message)
        return [Event(key, "ImageMoved", message) for key in followers_of(self._desired, answer.reference)]

    def _fail(self, answer: _Answer, now: float) -> None:
        count = self._failures.get(answer.reference, (0, 0.0))[0] + 1
        self._failures[answer.reference] = count, now
        if count == 1:
            log.warning("image %s: its tag cannot be looked up: %s", answer.reference, answer.error)

    def _forget_unfollowed(self, desired: Desired) -> None:
        gone = frozenset(each for each in self.found if not any(followers_of(desired, each)))
        if gone:
            self.found = {reference: each for reference, each in self.found.items() if reference not in gone}
            self._history.forget_image_digests(gone)


def compute_interval(target: ImageTarget, failures: int, last: float) -> float:
    """Seconds from one look to the next.

    After failures it doubles, up to an hour or the interval, whichever is longer. The jitter follows from the image and
    the time of the `last` look, so that images that were looked up together drift apart.
    """
    longest = max(LONGEST_BACKOFF, target.interval)
    interval = min(target.interval * 2.0 ** min(failures, 16), longest)
    drawn = hashlib.sha256(f"{target.reference} {last}".encode()).digest()[0] / 256
    return interval * (1 - JITTER + 2 * JITTER * drawn)
