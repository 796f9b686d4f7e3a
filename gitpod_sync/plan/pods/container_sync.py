"""One container of a pod that stays, with all that its next step is decided from."""

from dataclasses import dataclass

from gitpod_sync.model.base.pass_cache import What
from gitpod_sync.model.engine.container import ContainerConfig, Limits
from gitpod_sync.model.engine.observed import ObservedContainer
from gitpod_sync.model.engine.pods import ObservedPod, PodIdentity, attempt_of, backoff_of
from gitpod_sync.model.pods.pod import Container
from gitpod_sync.model.records.health import NOTHING_KNOWN, Health
from gitpod_sync.plan.config.container_config import compute_container_config
from gitpod_sync.plan.config.drift import compute_fixed_drift
from gitpod_sync.plan.config.environment import recall_environment
from gitpod_sync.plan.situation import Failure, NodeSituation, Stop
from gitpod_sync.plan.subjects import Subject, container_of, container_retry_key

_COMPARISON: What[tuple[str, Limits]] = What("comparison of a container")


@dataclass(frozen=True, slots=True)
class ContainerSync:
    """A container as its template asks for it, in its pod, in one situation."""

    pod: ObservedPod
    container: Container
    situation: NodeSituation

    @property
    def identity(self) -> PodIdentity:
        """Its pod's."""
        return self.pod.identity

    @property
    def subject(self) -> Subject:
        """Whom its steps and waits are about."""
        return container_of(self.identity, self.container.name)

    @property
    def retry(self) -> str:
        """The key under which failures to create and to start it are remembered."""
        return container_retry_key(self.identity, self.container.name)

    @property
    def failure(self) -> Failure | None:
        """What failed when it was last to be created or started, while that is not tried again yet."""
        failure = self.situation.remembered.failures.get(self.retry)
        return failure if failure and failure.retry_at > self.situation.now else None

    @property
    def has_attempt(self) -> bool:
        """Whether there has been any attempt of it."""
        return bool(self.pod.attempts_of(self.container.name))

    @property
    def last(self) -> ObservedContainer:
        """The last attempt, where there is any."""
        return self.pod.attempts_of(self.container.name)[-1]

    @property
    def health(self) -> Health:
        """What hooks and probes have told of the last attempt."""
        return self.situation.remembered.health.get(self.last.id, NOTHING_KNOWN)

    @property
    def stop(self) -> Stop | None:
        """How far the ending of the last attempt has come, if it has been begun."""
        return self.situation.remembered.stops.get(self.last.id)

    @property
    def sandbox_id(self) -> str:
        """The sandbox that its attempts join."""
        return self.pod.sandbox.id if self.pod.sandbox else ""

    @property
    def drift(self) -> str:
        """How the last attempt differs from what is written, where only another attempt helps; "" when it does not."""
        return self._compare()[0]

    @property
    def limits(self) -> Limits:
        """The limits that the last attempt should have."""
        return self._compare()[1]

    @property
    def name(self) -> str:
        """What the last attempt should be named on the engine."""
        identity, attempt = self.identity, attempt_of(self.last)
        return self.situation.instance.container_name(
            identity.namespace, identity.name, identity.uid, self.container.name, attempt
        )

    def _compare(self) -> tuple[str, Limits]:
        last = self.last

        def compare() -> tuple[str, Limits]:
            wanted = self._wanted_config(last)
            drift = compute_fixed_drift(wanted, last)
            return f"it is not as written: {drift[0]}" if drift else "", wanted.limits

        parts = (self.identity, self.pod.sandbox, self.container, last)
        return self.situation.memo.recall(_COMPARISON, parts, compare)

    def _wanted_config(self, last: ObservedContainer) -> ContainerConfig:
        return compute_container_config(
            self.identity,
            self.container,
            self.situation.instance,
            sandbox=self.sandbox_id,
            attempt=attempt_of(last),
            backoff=backoff_of(last),
            environment=recall_environment(self.container, last, self.situation.digest_key),
            image=last.image,
            node=self.situation.observed.node,
            settings=self.situation.settings,
        )
