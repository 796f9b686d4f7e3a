"""The sources that are followed, and what they ask for together. They can be exchanged for others."""

from functools import partial

from gitpod_sync.loop.reconciler import Deps
from gitpod_sync.loop.revisions.desired_state import DesiredState
from gitpod_sync.loop.revisions.guard import Guard, allowed_sources, workloads_on
from gitpod_sync.loop.revisions.in_force import Sources, keep_revisions
from gitpod_sync.loop.watch.source_watch import Follower
from gitpod_sync.manifests.policy import Policy
from gitpod_sync.model.desired import Desired


class Following:
    """Owned by one thread, which has others do the reading."""

    def __init__(self, deps: Deps, sources: Sources, policy: Policy, *, allow_empty: bool) -> None:
        """Set it up. `allow_empty`: every source may take away what nobody seems to have asked to be removed."""
        self._deps = deps
        self._allow_empty = allow_empty
        self._desired: Desired | None = None
        self._point_at(sources, policy)

    @property
    def desired(self) -> Desired | None:
        """Git's state; None before every source was read once. After an exchange the old state stands until then."""
        if self.wanted.desired is not None:
            self._desired = self.wanted.desired
        return self._desired

    def start(self) -> None:
        """Begin to read."""
        for follower in self._followers:
            follower.start()

    def stop(self) -> None:
        """End it; a fetch under way is not waited for."""
        for follower in self._followers:
            follower.stop()

    def exchange(self, sources: Sources, policy: Policy) -> None:
        """Follow these, by this policy. Those that are followed in just that way already are not disturbed."""
        if (tuple(spec for spec, _ in sources), policy) != (self._specs, self._policy):
            self.stop()
            self._point_at(sources, policy)
            self.start()

    def _point_at(self, sources: Sources, policy: Policy) -> None:
        deps = self._deps
        self._specs, self._policy = tuple(spec for spec, _ in sources), policy
        allowed = allowed_sources(self._specs, allow_empty=self._allow_empty)
        guard = Guard(deps.history, allowed, partial(workloads_on, deps.engine, deps.instance))
        keep = partial(keep_revisions, sources)
        self.wanted = DesiredState(self._specs, deps.history, deps.clock, deps.ring, policy, keep, guard)
        good = deps.history.good_revisions()
        self._followers = [Follower(spec, source, self.wanted, good.get(spec.key)) for spec, source in sources]
