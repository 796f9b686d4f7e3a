"""What goes on for long, and what bare pods were brought to: the deciding thread's memory of it, written through."""

from collections.abc import Mapping
from contextlib import suppress

from gitpod_sync.errors import ManifestError
from gitpod_sync.model.base.codec import canonical
from gitpod_sync.model.pods.hashing import template_from_label
from gitpod_sync.model.pods.pod import PodTemplate
from gitpod_sync.plan.steps import Plan
from gitpod_sync.status.history import History


class Lasting:
    """Owned by one thread. A pass in which nothing begins or ends writes nothing."""

    def __init__(self, history: History) -> None:
        self._history = history
        self.since = dict(history.since())
        self.resized = dict(read_resized(history))

    def learn(self, plan: Plan, now: float) -> None:
        """Keep what the plan says, and let go of the rest."""
        begun, over = plan.remember.lasting - self.since.keys(), frozenset(self.since.keys() - plan.remember.lasting)
        if begun:
            self.since.update(dict.fromkeys(begun, now))
            self._history.record_since(frozenset(begun), now)
        if over:
            self.since = {name: at for name, at in self.since.items() if name not in over}
            self._history.forget_since(over)
        self._learn_sizes(plan)

    def _learn_sizes(self, plan: Plan) -> None:
        new = {uid: template for uid, template in plan.remember.resized.items() if self.resized.get(uid) != template}
        present = {state.pod.identity.uid for state in plan.pods} if self.resized else set()
        gone = frozenset(self.resized.keys() - present)
        if new:
            self.resized.update(new)
            self._history.record_resized({uid: canonical(template) for uid, template in new.items()})
        if gone:
            self.resized = {uid: template for uid, template in self.resized.items() if uid not in gone}
            self._history.forget_resized(gone)


def read_resized(history: History) -> Mapping[str, PodTemplate]:
    """By UID; what cannot be read is done without: such a pod is brought to what Git asks for."""
    found: dict[str, PodTemplate] = {}
    for uid, text in history.resized().items():
        with suppress(ManifestError):
            found[uid] = template_from_label(text)
    return found
