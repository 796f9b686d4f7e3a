"""What may happen in a case before its plan, by the verb that its hand.yaml says (`do`).

`pod` and `container` name what it happens to, a sandbox where no container is named, and `attempt` another one than
the last.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from gitpod_sync.engines.memory.containers import Behaviour
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.engine.container import ContainerConfig, Limits
from gitpod_sync.model.engine.observed import ImageInfo, ObservedContainer
from gitpod_sync.model.pods.hashing import object_hash
from gitpod_sync.model.records.interventions import Intervention, Verb
from gitpod_sync.model.records.pressure import Level, Signal
from gitpod_sync.model.records.records import DeploymentRecord
from tests.support.simulation import Simulation

Said = Mapping[str, Any]


def do(world: Simulation, said: Said) -> None:
    """Have it happen. Raises `ValueError` for a verb that nobody knows."""
    verb = said["do"]
    if verb not in _DEEDS:
        raise ValueError(f"there is no deed {verb!r}; write one of {', '.join(sorted(_DEEDS))}")
    _DEEDS[verb](world, said)


def _found(world: Simulation, said: Said) -> ObservedContainer:
    return world.find(said.get("pod", ""), said.get("container", ""), said.get("attempt"))


def _without(said: Said, *names: str) -> dict[str, Any]:
    return {name: value for name, value in said.items() if name not in {"do", *names}}


def _use(world: Simulation, said: Said) -> None:
    world.engine.memory_use[_found(world, said).name] = said["memory"]


def _look(world: Simulation, said: Said) -> None:
    world.engine.levels.update({Signal(name): Level(*amounts) for name, amounts in said["levels"].items()})
    world.watch.look()


def _order(world: Simulation, said: Said) -> None:
    """A word of a person; an undo is to the first revision that is known."""
    subject, verb = Key(*said["subject"]), Verb(said["verb"])
    argument = about = ""
    if verb is Verb.UNDO:
        record = world.history.records()[subject]
        assert isinstance(record, DeploymentRecord)
        argument, about = record.revisions[0].hash, object_hash(world.desired.workloads[subject])
    world.history.give_intervention(Intervention(subject, verb, argument, world.clock(), about))


def _behave(world: Simulation, said: Said) -> None:
    world.engine.behaviours[said["image"]] = Behaviour(**_without(said, "image"))


def _image(world: Simulation, said: Said) -> None:
    image = said["image"]
    world.engine.images[image] = ImageInfo(f"sha256:{image}", **_without(said, "image"))


def _run(world: Simulation, said: Said) -> None:
    """A container of a stranger, or one that passes itself off as ours: `like` a container of the pod."""
    config, labels = ContainerConfig("foreign:1", network=world.instance.network), said.get("labels", {})
    if "like" in said:
        config = replace(world.find(said["pod"], said["like"]).config, image="foreign:1")
    world.hand.run(said["name"], replace(config, labels={**config.labels, **labels}))


def _network(world: Simulation, said: Said) -> None:
    world.engine.networks[said["name"]] = said["labels"]


def _swap(world: Simulation, said: Said) -> None:
    one, other = _found(world, said), world.find(said["pod"], said["with"])
    world.hand.rename(one.id, "between")
    world.hand.rename(other.id, one.name)
    world.hand.rename(one.id, other.name)


def _update(world: Simulation, said: Said) -> None:
    world.hand.update(_found(world, said).id, Limits(**_without(said, "pod", "container")))


_DEEDS: dict[str, Callable[[Simulation, Said], object]] = {
    "absent": lambda world, said: world.engine.absent.add(said["image"]),
    "behave": _behave,
    "connect": lambda world, said: world.hand.connect(_found(world, said).id, said["network"]),
    "converge": lambda world, _: world.converge(),
    "disconnect": lambda world, said: world.hand.disconnect(_found(world, said).id, world.instance.network),
    "image": _image,
    "kill": lambda world, said: world.hand.kill(_found(world, said).id),
    "look": _look,
    "network": _network,
    "order": _order,
    "pass": lambda world, _: world.run_pass(),
    "pause": lambda world, said: world.hand.pause(_found(world, said).id),
    "remove": lambda world, said: world.hand.remove(_found(world, said).id),
    "rename": lambda world, said: world.hand.rename(_found(world, said).id, said["name"]),
    "restart": lambda world, said: world.hand.restart(_found(world, said).id),
    "run": _run,
    "stop": lambda world, said: world.hand.stop(_found(world, said).id),
    "swap": _swap,
    "update": _update,
    "use": _use,
    "wait": lambda world, said: world.clock.advance(said["seconds"]),
}
