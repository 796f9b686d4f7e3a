"""Nothing is touched that is not ours."""

from collections.abc import Iterator

from gitpod_sync.model.base import labels
from gitpod_sync.model.engine.container import ContainerConfig, Mount, MountKind
from gitpod_sync.operations import operations as op
from simulation.sight import Sight
from simulation.world import INSTANCE, World

OTHERS = {labels.INSTANCE: "another"}


class StrangersAreLeftAlone:
    """Containers, volumes and networks without this instance's label are nobody's business of ours."""

    name = "nothing foreign is touched"

    def look(self, sight: Sight) -> Iterator[str]:
        """See `Rule`."""
        for step in sight.plan.steps:
            if self._is_foreign(step.operation, sight.world):
                yield f"{step.operation} is of {step.subject}, which is not ours"

    def _is_foreign(self, operation: op.Operation, world: World) -> bool:
        engine = world.engine
        match operation:
            case (
                op.SignalContainer(id=identifier)
                | op.RemoveContainer(id=identifier)
                | op.RenameContainer(id=identifier)
                | op.UpdateContainer(id=identifier)
                | op.UnpauseContainer(id=identifier)
                | op.ConnectNetwork(id=identifier)
                | op.DisconnectNetwork(id=identifier)
                | op.WriteFiles(id=identifier)
            ):
                found = engine.containers.get(identifier)
                return found is not None and found.labels.get(labels.INSTANCE) != INSTANCE.name
            case op.RemoveVolume(name):
                return engine.volumes.get(name, {}).get(labels.INSTANCE, INSTANCE.name) != INSTANCE.name
            case op.RemoveNetwork(name):
                return engine.networks.get(name, {}).get(labels.INSTANCE, INSTANCE.name) != INSTANCE.name
            case _:
                return False


def move_in(world: World) -> None:
    """Containers, volumes and a network of others, as like ours as they can be."""
    engine = world.engine
    engine.networks["elsewhere"] = {}
    for name, known in (("their-web", {}), ("another_default_web-0", {**OTHERS, labels.NAMESPACE: "default"})):
        engine.volumes[f"{name}-data"] = dict(known)
        mount = Mount("/data", MountKind.VOLUME, f"{name}-data", volume_labels=tuple(known.items()))
        world.hand.run(name, ContainerConfig("their:1", "elsewhere", labels=known, mounts=(mount,)))
