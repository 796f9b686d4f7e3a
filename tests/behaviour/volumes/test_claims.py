"""Claims: volumes that outlive pods, on the simulated engine."""

from collections.abc import Iterator

import pytest

from gitpod_sync.model.base import labels
from tests.support.simulation import Simulation, desired_from, simulation


@pytest.fixture
def sim() -> Iterator[Simulation]:
    with simulation() as made:
        yield made


def pod(name: str = "db", source: str = "persistentVolumeClaim: {claimName: data}") -> str:
    return f"""---
apiVersion: v1
kind: Pod
metadata: {{name: {name}}}
spec:
  volumes: [{{name: v, {source}}}]
  containers: [{{name: main, image: "db:1", volumeMounts: [{{name: v, mountPath: /data}}]}}]
"""


def claim(annotations: str = "") -> str:
    return f"""---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {{name: data, annotations: {{{annotations}}}}}
spec: {{accessModes: [ReadWriteOnce], resources: {{requests: {{storage: 1Gi}}}}}}
"""


GOES = 'gitpod-sync.io/delete-volume: "true"'
VOLUME = "sim_claim_default_data"


def want(sim: Simulation, *manifests: str) -> None:
    sim.desired = desired_from("\n".join(manifests))
    sim.converge()


def test_a_claim_is_one_volume_for_all_pods_and_outlives_them(sim: Simulation) -> None:
    want(sim, pod(), pod("second"), claim())
    assert [each.source for each in sim.mounts("second", "main")] == [VOLUME]
    want(sim, claim())
    assert list(sim.volumes) == [VOLUME]
    want(sim, "")
    assert list(sim.volumes) == [VOLUME]


def test_a_claim_that_says_so_takes_its_volume_along_once_no_pod_mounts_it(sim: Simulation) -> None:
    want(sim, pod(), claim(GOES))
    want(sim, pod())
    assert list(sim.volumes) == [VOLUME]
    want(sim, "")
    assert sim.volumes == {}


def test_a_pod_waits_for_its_claim_without_a_volume_being_made(sim: Simulation) -> None:
    sim.desired = desired_from(pod())
    plan = sim.run_pass()
    plan = sim.run_pass()
    assert [(each.reason, each.message) for each in plan.waiting] == [
        ("Unschedulable", "PersistentVolumeClaim default/data is not in the repository; commit it")
    ]
    assert sim.volumes == {}
    want(sim, pod(), claim())
    assert len(sim.alive()) == 1


def test_a_claim_that_is_mounted_read_only_is_so_for_every_container(sim: Simulation) -> None:
    want(sim, pod(source="persistentVolumeClaim: {claimName: data, readOnly: true}"), claim())
    assert sim.mounts("db", "main")[0].read_only


def test_an_ephemeral_claim_dies_with_its_pod(sim: Simulation) -> None:
    template = "{spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}"
    want(sim, pod(source=f"ephemeral: {{volumeClaimTemplate: {template}}}"))
    (volume,) = sim.volumes.values()
    assert volume[labels.UID] == sim.find("db").labels[labels.UID]
    want(sim, "")
    assert sim.volumes == {}


def test_a_folder_of_a_file_server_is_mounted_by_the_engine(sim: Simulation) -> None:
    want(sim, pod(source="nfs: {server: 192.0.2.1, path: /export/a, readOnly: true}"))
    (mount,) = sim.mounts("db", "main")
    assert (mount.nfs, mount.read_only) == ("192.0.2.1:/export/a", True)


def test_a_claim_for_one_pod_is_mounted_by_one_pod_at_a_time(sim: Simulation) -> None:
    alone = claim().replace("ReadWriteOnce", "ReadWriteOncePod")
    sim.desired = desired_from("\n".join((pod("a"), pod("b"), alone)))
    for _ in range(4):
        plan = sim.run_pass()
    assert len(sim.alive()) == 1
    assert "for one pod at a time" in plan.waiting[0].message
    want(sim, pod("b"), alone)
    assert [each.labels[labels.POD] for each in sim.alive()] == ["b"]
