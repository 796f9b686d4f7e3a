"""What the API server of Kubernetes adds to objects, in what `get -o json` shows of them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.identities import note_identities
from gitpod_sync.model.records.identity import ObjectIdentity
from gitpod_sync.plan.published import Published
from gitpod_sync.resources.identities import with_identity
from gitpod_sync.resources.registry import RESOURCES
from tests.support.simulation import Simulation, desired_from, simulation

MANIFEST = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: main, image: web:1}]}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web}
spec: {maxUnavailable: 1, selector: {matchLabels: {app: web}}}
---
apiVersion: batch/v1
kind: Job
metadata: {name: once}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: main, image: web:1}]}}}
"""
WEB, JOB = Key("Deployment", "default", "web"), Key("Job", "default", "once")


def published(world: Simulation, known: Mapping[Key, ObjectIdentity]) -> Published:
    desired = desired_from(MANIFEST)
    world.desired = replace(desired, identities=note_identities(known, desired, world.clock()))
    for _ in ("a sandbox", "a container", "what came of it", "the rest"):
        world.run_pass()
    return world.published


def shown(kind: str, seen: Published) -> dict[str, Any]:
    (item,) = (each for each in RESOURCES[kind].items(seen) if "once" not in RESOURCES[kind].metadata(each).name)
    return dict(with_identity(RESOURCES[kind].object(item), seen.identities))


def test_an_object_has_its_uid_its_generation_and_the_time_of_its_making() -> None:
    with simulation() as world:
        seen = published(world, {})
        found, identity = shown("Deployment", seen), seen.identities[WEB]
        assert found["metadata"]["uid"] == identity.uid
        assert found["metadata"]["generation"] == 1
        assert found["status"]["observedGeneration"] == 1
        assert found["metadata"]["creationTimestamp"].endswith("Z")


def test_a_pod_names_its_owner_as_references_in_kubernetes_do() -> None:
    with simulation() as world:
        seen = published(world, {})
        (owner,) = shown("Pod", seen)["metadata"]["ownerReferences"]
        assert owner == {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "name": "web",
            "uid": seen.identities[WEB].uid,
            "controller": True,
        }


def test_a_job_is_who_its_pods_belong_to() -> None:
    with simulation() as world:
        seen = published(world, {})
        pods = [with_identity(RESOURCES["Pod"].object(each), seen.identities) for each in RESOURCES["Pod"].items(seen)]
        owners = {each["metadata"]["ownerReferences"][0]["uid"] for each in pods if "once" in each["metadata"]["name"]}
        (job,) = RESOURCES["Job"].items(seen)
        found = with_identity(RESOURCES["Job"].object(job), seen.identities)
        assert owners == {found["metadata"]["uid"]}
        assert found["spec"]["selector"]["matchLabels"]["batch.kubernetes.io/controller-uid"] in owners


def test_the_age_of_a_budget_is_known() -> None:
    with simulation() as world:
        seen = published(world, {})
        world.clock.advance(65)
        (item,) = RESOURCES["PodDisruptionBudget"].items(seen)
        assert RESOURCES["PodDisruptionBudget"].row(item, world.clock()).cells[-1] == "65s"


def test_a_workload_that_was_there_before_identities_were_written_down_is_as_old_as_its_pods() -> None:
    with simulation() as world:
        published(world, {})
        began = world.clock()
        world.clock.advance(3600)
        (item,) = RESOURCES["Deployment"].items(published(world, {}))
        assert item.created_at is not None
        assert item.created_at <= began
