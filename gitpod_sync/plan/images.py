"""Whether a container's image is there, as its pull policy means it; and the pull when it is not.

A pull is a chain of its own, one an image: it may take minutes, and no pod waits inside a chain for it. A later pass
finds the image there.
"""

from typing import assert_never

from gitpod_sync.model.image import PullPolicy
from gitpod_sync.model.pod import Container
from gitpod_sync.model.pods import PodIdentity
from gitpod_sync.plan.operations import PullImage
from gitpod_sync.plan.situation import Situation
from gitpod_sync.plan.steps import Draft

PULL_COUNTS_FOR = 10.0
"""Seconds for which one pull serves all pods of a rollout whose policy is Always."""


def image_chain(reference: str) -> str:
    """Key of the chain that pulls an image."""
    return f"image/{reference}"


def plan_image(draft: Draft, identity: PodIdentity, container: Container, situation: Situation, since: float) -> bool:
    """Whether the container can be created now; otherwise the pull is planned or the reason noted.

    `since` is when this attempt became due: under Always a pull must not be much older.
    """
    present = situation.observed.images.get(container.image) is not None
    match container.pull_policy:
        case PullPolicy.NEVER:
            if not present:
                _wait(
                    draft,
                    identity,
                    container,
                    "ErrImageNeverPull",
                    "the image is not here and imagePullPolicy is Never",
                )
            return present
        case PullPolicy.IF_NOT_PRESENT:
            ready = present
        case PullPolicy.ALWAYS:
            ready = present and situation.pulled_at.get(container.image, float("-inf")) >= since - PULL_COUNTS_FOR
        case _ as never:
            assert_never(never)
    if not ready:
        _plan_pull(draft, identity, container, situation)
    return ready


def _plan_pull(draft: Draft, identity: PodIdentity, container: Container, situation: Situation) -> None:
    chain = image_chain(container.image)
    failure = situation.failures.get(chain)
    reason = "ErrImagePull" if failure and failure.count == 1 else "ImagePullBackOff"
    if draft.held_back(chain, str(identity), _subject(identity, container), reason):
        return
    _wait(draft, identity, container, "ContainerCreating", f"image {container.image} is being pulled")
    if not draft.is_busy(chain) and not draft.has_chain(chain):
        cause = f"imagePullPolicy is {container.pull_policy}"
        draft.add(chain, f"image {container.image}", PullImage(container.image), cause)


def _wait(draft: Draft, identity: PodIdentity, container: Container, reason: str, message: str) -> None:
    draft.wait(str(identity), _subject(identity, container), reason, message)


def _subject(identity: PodIdentity, container: Container) -> str:
    return f"container {container.name} of pod {identity}"
