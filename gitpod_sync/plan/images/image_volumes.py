"""Images that a pod mounts as volumes: pulled like those that its containers are made from, before any of them."""

from dataclasses import replace

from gitpod_sync.model.engine.pods import PodIdentity
from gitpod_sync.model.pods.pod import Container
from gitpod_sync.plan.images.images import plan_image
from gitpod_sync.plan.situation import NodeSituation
from gitpod_sync.plan.steps import Draft


def plan_image_volumes(
    draft: Draft, identity: PodIdentity, container: Container, situation: NodeSituation, since: float
) -> bool:
    """Whether all of them are there; otherwise their pulls are planned, or the reasons noted at the container."""
    volumes = (volume.image for volume in identity.template.spec.volumes if volume.image)
    ready = [
        plan_image(
            draft,
            identity,
            replace(container, image=each.reference, image_pull_policy=each.pull_policy),
            situation,
            since,
        )
        for each in volumes
    ]
    return all(ready)
