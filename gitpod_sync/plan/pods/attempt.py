"""An attempt of a container: created and started, once its image, its volumes and what it refers to are there."""

from dataclasses import dataclass

from gitpod_sync.model.engine.pods import PodIdentity
from gitpod_sync.model.pods.pod import Container
from gitpod_sync.operations.operations import CreateContainer, StartContainer
from gitpod_sync.plan.config.confidential import compute_hidden
from gitpod_sync.plan.config.container_config import compute_container_config
from gitpod_sync.plan.config.environment import resolve_environment
from gitpod_sync.plan.config.references import PodReferences, UnresolvedError
from gitpod_sync.plan.config.refusals import compute_refusal
from gitpod_sync.plan.images.image_volumes import plan_image_volumes
from gitpod_sync.plan.images.images import plan_image
from gitpod_sync.plan.situation import NodeSituation
from gitpod_sync.plan.steps import Draft
from gitpod_sync.plan.subjects import container_of, container_retry_key
from gitpod_sync.plan.volumes.volumes import VolumeUser, await_volumes, plan_sub_paths


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt to be made."""

    sandbox: str
    """The sandbox that it joins, by id or name."""
    cause: str
    """Why it is made, for people."""
    since: float
    """When it became due, in seconds since the epoch."""
    number: int = 0
    """How often the container was started before."""
    backoff: int = 0
    """How many restarts in a row precede it without ten good minutes."""
    after: tuple[int, ...] = ()
    """Ids of the steps that it is after."""


def plan_attempt(
    draft: Draft, identity: PodIdentity, container: Container, situation: NodeSituation, attempt: Attempt
) -> tuple[int, ...]:
    """The steps that create and start it; none when it has to wait: the reason is noted."""
    subject, retry = container_of(identity, container.name), container_retry_key(identity, container.name)
    if not plan_image(draft, identity, container, situation, attempt.since):
        return ()
    image, node = situation.observed.images.get(container.image), situation.observed.node
    refusal = compute_refusal(identity.template.spec, container, image, node.features)
    if refusal:
        draft.wait(subject, "CreateContainerConfigError", refusal)
        return ()
    if not plan_image_volumes(draft, identity, container, situation, attempt.since):
        return ()
    ready = await_volumes(draft, identity, subject)
    if ready is None:
        return ()
    try:
        environment = resolve_environment(container, PodReferences(identity, situation))
        config = compute_container_config(
            identity,
            container,
            situation.instance,
            sandbox=attempt.sandbox,
            attempt=attempt.number,
            backoff=attempt.backoff,
            environment=environment,
            image=image,
            node=node,
            settings=situation.settings,
        )
        user = VolumeUser(identity, container, attempt.sandbox, subject, retry, (*attempt.after, *ready))
        parts = plan_sub_paths(draft, user, situation, environment)
    except UnresolvedError as error:
        draft.wait(subject, error.reason, error.message)
        return ()
    if parts is None:
        return ()
    name = situation.instance.container_name(
        identity.namespace, identity.name, identity.uid, container.name, attempt.number
    )
    # Commands may be made from variables, and engines repeat what they could not run.
    hidden = compute_hidden(container, config)
    create, start, before = CreateContainer(name, config), StartContainer(name), (*attempt.after, *ready, *parts)
    created = draft.add(identity.uid, subject, create, attempt.cause, after=before, retry=retry, hidden=hidden)
    started = draft.add(identity.uid, subject, start, attempt.cause, after=(created,), retry=retry, hidden=hidden)
    return (created, started)
