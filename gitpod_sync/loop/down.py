"""`gitpod-sync down`: an instance goes as a whole, each pod with its own grace; claims stay unless told otherwise.

Technically a convergence on nothing, so that pods are ended as they are whenever Git lets go of them.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from gitpod_sync.engines.protocol import Observer
from gitpod_sync.errors import EngineError, NotConverged
from gitpod_sync.loop.converge import converge
from gitpod_sync.loop.reconciler import Deps
from gitpod_sync.loop.trigger import Wake
from gitpod_sync.model.base.instance import Instance
from gitpod_sync.model.base.meta import Key, ObjectMeta
from gitpod_sync.model.desired import Desired
from gitpod_sync.model.engine.grouping import group_pods
from gitpod_sync.model.pods.claims import PersistentVolumeClaim
from gitpod_sync.operations.operations import RemoveVolume
from gitpod_sync.plan.steps import Plan
from gitpod_sync.plan.volumes.set_claims import present_claims

_CAUSE = "everything of the instance is taken away"


@dataclass(frozen=True, slots=True)
class Stock:
    """The things of an instance on its engine.

    `pods` counts them by workload, `strays` are containers that belong to no pod, `volumes` those of pods, `claims` the
    volumes of claims by their names.
    """

    pods: Mapping[Key, int] = field(default_factory=dict)
    strays: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    claims: Mapping[str, Key] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is there that can go without a claim going."""
        return not (self.pods or self.strays or self.volumes or self.networks)


def take_stock(observer: Observer, instance: Instance) -> Stock:
    """Look what there is of the instance. Raises `EngineUnavailable`."""
    observed = observer.observe(frozenset(), fresh=True)
    gathered = group_pods(observed, instance)
    claims = {each.volume: each.claim for each in present_claims(gathered, instance)}
    of_pods = (volume for pod in gathered.pods for volume in pod.volumes)
    networks = (*((observed.network,) if observed.network else ()), *observed.stray_networks)
    return Stock(
        pods=dict(sorted(Counter(pod.owner for pod in gathered.pods).items())),
        strays=tuple(each.container.name for each in gathered.leftovers),
        volumes=tuple(volume.name for volume in (*of_pods, *gathered.volumes)),
        networks=tuple(network.name for network in networks),
        claims=dict(sorted(claims.items())),
    )


def take_down(
    deps: Deps, wake: Wake, stock: Stock, timeout: float, show: Callable[[Plan], None], *, delete_claims: bool
) -> None:
    """Remove the whole instance, and wait until it is gone.

    Raises `NotConverged` when something is left after `timeout` seconds, `EngineError` when a claim cannot be removed.
    """
    # Whatever a claim or its set has said: claims that are asked for stay.
    kept = {key: PersistentVolumeClaim(ObjectMeta(key.name, key.namespace)) for key in stock.claims.values()}
    converge(deps, wake, Desired(configs=kept, let_go=_CAUSE), timeout, show)
    if delete_claims:
        _delete_claims(deps, stock)
    left = take_stock(deps.engine, deps.instance)
    if not left.is_empty:
        named = ", ".join([*map(str, left.pods), *left.strays, *left.volumes, *left.networks])
        raise NotConverged(f"still there: {named}", "look who else uses it (`docker network inspect`), and try again")


def _delete_claims(deps: Deps, stock: Stock) -> None:
    failed = []
    for volume, key in stock.claims.items():
        try:
            deps.engine.remove_volume(RemoveVolume(volume))
        except EngineError as error:
            failed.append(f"{key}: {error.message}")
    if failed:
        raise EngineError("; ".join(failed), "end what uses it, and try again")
