"""Which images are on the engine because we pulled them: only those may ever be taken away for the disk's sake."""

from collections.abc import Iterable

from gitpod_sync.execute.apply import StepResult
from gitpod_sync.model.engine.observed import Observed
from gitpod_sync.model.pods.image import normalized_reference
from gitpod_sync.operations.operations import PullImage, RemoveImage
from gitpod_sync.plan.steps import Plan
from gitpod_sync.status.history import History


class BroughtImages:
    """Owned by the deciding thread and written through to the history.

    An image that was there before our first pull of it is not ours, however often we pull it anew; one that was ours
    and that somebody took away is not ours any more.
    """

    def __init__(self, history: History) -> None:
        self._history = history
        self._absent: frozenset[str] = frozenset()
        self.images = history.brought_images()

    def begin(self, plan: Plan, observed: Observed) -> None:
        """A plan is about to be carried out."""
        pulled = [step.operation.reference for step in plan.steps if isinstance(step.operation, PullImage)]
        self._absent |= {normalized_reference(each) for each in pulled if observed.images.get(each) is None}
        if self.images:
            gone = {normalized_reference(each) for each, found in observed.images.items() if found is None}
            self._forget(self.images & gone)

    def finish(self, results: Iterable[StepResult]) -> None:
        """A chain has been carried out."""
        for result in results:
            match result.step.operation:
                case PullImage(reference=reference) if result.error is None:
                    self._remember({normalized_reference(reference)} & self._absent)
                case RemoveImage(reference=reference) if result.error is None:
                    self._forget(self.images & {reference})
                case _:
                    pass

    def _remember(self, new: frozenset[str] | set[str]) -> None:
        self._absent -= new
        if new - self.images:
            self.images |= new
            self._history.record_brought_images(frozenset(new))

    def _forget(self, gone: frozenset[str]) -> None:
        if gone:
            self.images -= gone
            self._history.forget_brought_images(gone)
