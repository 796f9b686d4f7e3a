"""Whether a container's image is there, as its pull policy means it; and the pull when it is not.

A pull is a chain of its own, one for an image and the logins that are tried for it: it may take minutes, and no pod
waits inside a chain for it. A later pass finds the image there. Pods with other logins pull by themselves, so that a
wrong password of one holds up no other, and a login that was put right is tried at once.
"""

from typing import assert_never

from gitpod_sync.model.engine.pods import PodIdentity
from gitpod_sync.model.pods.image import PullPolicy, digest_in
from gitpod_sync.model.pods.pod import Container
from gitpod_sync.model.pods.registry_login import Login
from gitpod_sync.model.records.digest_key import DigestKey
from gitpod_sync.operations.operations import PullImage
from gitpod_sync.plan.images.image_digests import expected_digest
from gitpod_sync.plan.images.pull_secrets import MISSING_PULL_SECRET, PullLogins, resolve_pull_logins
from gitpod_sync.plan.situation import NodeSituation
from gitpod_sync.plan.steps import Draft
from gitpod_sync.plan.subjects import Part, Subject, container_of, pod_subject

PULL_COUNTS_FOR = 10.0
"""Seconds for which one pull serves all pods of a rollout whose policy is Always."""

_CHAIN = "image/"
_NEVER_PULLED = float("-inf")


def image_chain(reference: str, logins: tuple[Login, ...] = (), key: DigestKey | None = None) -> str:
    """Key of the chain that pulls an image. Of logins it holds a keyed digest."""
    if not logins or key is None:
        return f"{_CHAIN}{reference}"
    parts = (part.encode() for login in logins for part in (login.username, login.password))
    return f"{_CHAIN}{reference}/{key.digest(*parts)}"


def is_pull(chain: str) -> bool:
    """Whether a chain pulls an image."""
    return chain.startswith(_CHAIN)


def plan_image(
    draft: Draft, identity: PodIdentity, container: Container, situation: NodeSituation, since: float
) -> bool:
    """Whether the container can be created now; otherwise the pull is planned or the reason noted.

    `since` is when this attempt became due: under Always a pull must not be much older, and a pod that was made for a
    tag that has moved needs what the tag names by now.
    """
    image = situation.observed.images.get(container.image)
    if container.pull_policy is PullPolicy.NEVER:
        if image is None:
            message = "the image is not here and imagePullPolicy is Never"
            _wait(draft, identity, container, "ErrImageNeverPull", message)
        return image is not None
    expected = expected_digest(identity.template, container)
    awaited = bool(expected) and (image is None or digest_in(container.image, image.digests) != expected)
    if image is not None and container.pull_policy is PullPolicy.IF_NOT_PRESENT and not awaited:
        return True
    found = resolve_pull_logins(identity.template.spec, identity.namespace, container.image, situation.desired)
    chain = image_chain(container.image, found.logins, situation.digest_key)
    pulled_at = situation.remembered.pulled_at.get(chain, _NEVER_PULLED)
    match container.pull_policy:
        case PullPolicy.IF_NOT_PRESENT:
            ready = image is not None and pulled_at >= since
        case PullPolicy.ALWAYS:
            ready = image is not None and pulled_at >= (since if awaited else since - PULL_COUNTS_FOR)
        case _ as never:
            assert_never(never)
    if not ready:
        _plan_pull(draft, identity, container, situation, found, chain)
    return ready


def _plan_pull(
    draft: Draft, identity: PodIdentity, container: Container, situation: NodeSituation, found: PullLogins, chain: str
) -> None:
    if found.amiss:
        message = f"{'; '.join(found.amiss)}; the image is pulled without"
        draft.wait(pod_subject(identity), MISSING_PULL_SECRET, message)
    failure = situation.remembered.failures.get(chain)
    is_first = failure is not None and failure.count == 1
    reason, words = ("ErrImagePull", "Failed to pull") if is_first else ("ImagePullBackOff", "Back-off pulling")
    what = f'{words} image "{container.image}"'
    if draft.held_back(chain, container_of(identity, container.name), reason, what):
        return
    _wait(draft, identity, container, "ContainerCreating", _pulling(container.image, situation))
    if draft.is_busy(chain):
        return
    pods = draft.pulls.setdefault(chain, [])
    if identity not in pods:
        pods.append(identity)
    if not draft.has_chain(chain):
        cause = f"imagePullPolicy is {container.pull_policy}"
        draft.add(chain, Subject(Part.IMAGE, container.image), PullImage(container.image, found.logins), cause)


def _pulling(reference: str, situation: NodeSituation) -> str:
    progress = situation.measured.pulling.get(reference)
    return f"Pulling {progress} of image {reference}" if progress else f"image {reference} is being pulled"


def _wait(draft: Draft, identity: PodIdentity, container: Container, reason: str, message: str) -> None:
    draft.wait(container_of(identity, container.name), reason, message)
