"""Taking an instance down, on the simulated engine: all goes but claims, with the grace that pods have."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gitpod_sync.engines.memory.engine import MemoryEngine
from gitpod_sync.errors import EngineConflict, EngineError, NotConverged
from gitpod_sync.loop.converge import converge
from gitpod_sync.loop.down import take_down, take_stock
from gitpod_sync.loop.trigger import Wake
from gitpod_sync.model.base.instance import Instance
from gitpod_sync.model.base.meta import Key
from gitpod_sync.operations.operations import Operation, RemoveNetwork, RemoveVolume
from gitpod_sync.plan.steps import Plan
from gitpod_sync.status.history import History
from tests.support.daemon import simulated_deps
from tests.support.simulation import desired_from

EVERYTHING = """\
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  persistentVolumeClaimRetentionPolicy: {whenDeleted: Delete, whenScaled: Delete}
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec:
      containers: [{name: main, image: db, volumeMounts: [{name: data, mountPath: /data}]}]
  volumeClaimTemplates:
  - metadata: {name: data}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Mi}}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: files, annotations: {gitpod-sync.io/delete-volume: "true"}}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Mi}}}
---
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  volumes: [{name: files, persistentVolumeClaim: {claimName: files}}, {name: own, emptyDir: {}}]
  containers:
  - name: main
    image: web
    volumeMounts: [{name: files, mountPath: /files}, {name: own, mountPath: /own}]
"""
CLAIMS = {"sim_claim_default_data-db-0", "sim_claim_default_files"}


class House:
    """An engine with an instance on it, and whoever acts for that."""

    def __init__(self, root: Path) -> None:
        self.engine = MemoryEngine(Instance("sim"), time.time)
        self.history = History(root / "state.db")
        self.wake = Wake(time.time)
        self.deps = simulated_deps(self.engine, self.history, self.wake)
        self.causes: set[str] = set()
        converge(self.deps, self.wake, desired_from(EVERYTHING), 30, lambda _plan: None)

    def take_down(self, *, delete_claims: bool = False, timeout: float = 30.0) -> None:
        stock = take_stock(self.engine, self.engine.instance)
        take_down(self.deps, self.wake, stock, timeout, self._show, delete_claims=delete_claims)

    def _show(self, plan: Plan) -> None:
        self.causes |= {step.cause for step in plan.steps}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path)
    yield made
    made.history.close()


def test_what_there_is_is_named_by_workload_and_claims_apart(house: House) -> None:
    stock = take_stock(house.engine, house.engine.instance)
    assert stock.pods == {Key("Pod", "default", "web"): 1, Key("StatefulSet", "default", "db"): 1}
    assert set(stock.claims) == CLAIMS
    assert not CLAIMS & set(stock.volumes)
    assert (stock.networks, stock.is_empty) == (("sim-pods",), False)


def test_all_goes_but_the_claims_whatever_they_and_their_sets_have_said(house: House) -> None:
    house.take_down()
    assert set(house.engine.volumes) == CLAIMS
    assert not house.engine.observe(frozenset()).containers
    assert not house.engine.networks
    # Git has not let go of anything, and nobody is told so.
    assert not any("Git" in cause for cause in house.causes), house.causes
    house.take_down()
    assert set(house.engine.volumes) == CLAIMS


def test_claims_go_when_that_is_asked_for(house: House) -> None:
    house.take_down(delete_claims=True)
    assert not house.engine.volumes


def test_what_cannot_be_removed_is_named(house: House) -> None:
    def refuse(operation: Operation) -> None:
        if isinstance(operation, RemoveNetwork):
            raise EngineConflict("it has active endpoints")
        if operation == RemoveVolume("sim_claim_default_files"):
            raise EngineConflict("volume is in use")

    house.engine.before = refuse
    with pytest.raises(NotConverged, match="sim-pods"):
        house.take_down(timeout=0.5)
    house.engine.before = lambda operation: refuse(operation) if isinstance(operation, RemoveVolume) else None
    with pytest.raises(EngineError, match=r"PersistentVolumeClaim default/files: volume is in use"):
        house.take_down(delete_claims=True)
    assert set(house.engine.volumes) == {"sim_claim_default_files"}
