"""Sharing an engine: two instances and foreign containers do not touch each other."""

from collections.abc import Iterator

import pytest

from tests.e2e.manifests import deployment
from tests.e2e.stage import Stage, eventually

pytestmark = pytest.mark.docker


@pytest.fixture
def other(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    neighbour = Stage(
        tmp_path_factory.mktemp("other"), stage.client, f"{stage.instance}-two", stage.image, stage.commands
    )
    yield neighbour
    neighbour.leave_nothing()


def test_two_instances_keep_to_their_own(stage: Stage, other: Stage) -> None:
    foreign = stage.client.create_container(stage.image, ["/bin/sleep", "1000"], name=f"{stage.instance}_default_web-x")
    stage.client.start(foreign["Id"])
    try:
        stage.push({"web.yaml": deployment(replicas=2)})
        other.push({"web.yaml": deployment(replicas=1)})
        with stage.daemon(flags=["--allow-empty"]), other.daemon():
            eventually(lambda: len(stage.running("web")) == 2 and len(other.running("web")) == 1)
            (theirs,) = other.running("web")
            stage.push({"web.yaml": None, "README.md": "empty"})
            eventually(lambda: not stage.seen(), what="the first instance's containers gone")
            assert [each.id for each in other.running("web")] == [theirs.id]
            assert stage.client.inspect_container(foreign["Id"])["State"]["Running"]
    finally:
        stage.client.remove_container(foreign["Id"], force=True)


def test_a_name_held_by_a_foreign_container_is_a_reason_not_a_fight(stage: Stage) -> None:
    name = f"{stage.instance}_default_taken"
    foreign = stage.client.create_container(stage.image, ["/bin/sleep", "1000"], name=name)
    try:
        stage.push(
            {
                "pod.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: taken}\nspec:\n  containers:\n"
                "  - {name: main, image: IMAGE, command: [/bin/sleep, '1000']}\n"
                "  terminationGracePeriodSeconds: 0\n",
                "web.yaml": deployment(replicas=1),
            }
        )
        with stage.daemon():
            eventually(lambda: len(stage.running("web")) == 1, what="the neighbour is not held up")
            listed = eventually(
                lambda: [line for line in stage.ask("get", "pods").splitlines() if line.startswith("taken")]
            )
            assert "Pending" in listed[0]
            assert stage.client.inspect_container(foreign["Id"])["Name"] == f"/{name}"
            stage.client.remove_container(foreign["Id"], force=True)
            eventually(lambda: len(stage.running("taken")) == 1, what="the pod, once the name is free")
    finally:
        for each in stage.client.containers(all=True, filters={"id": foreign["Id"]}):
            stage.client.remove_container(each["Id"], force=True)


def test_a_pod_does_not_wait_because_a_foreign_container_keeps_the_network(stage: Stage) -> None:
    network = f"{stage.instance}-pods"
    foreign = stage.client.create_container(stage.image, ["/bin/sleep", "1000"])
    try:
        stage.push({"web.yaml": deployment(replicas=1)})
        with stage.daemon(flags=["--allow-empty"]):
            eventually(lambda: len(stage.running("web")) == 1)
            stage.client.connect_container_to_network(foreign["Id"], network)
            stage.client.start(foreign["Id"])
            stage.push({"web.yaml": None, "README.md": "empty"})
            eventually(lambda: not stage.seen(), what="the pod gone")
            # The fifth refusal: by then the next try is 16 seconds away.
            eventually(lambda: stage.log().count("has active endpoints") >= 5, what="the removal refused five times")
            assert stage.client.networks(names=[network])
            stage.push({"web.yaml": deployment(replicas=1)})
            eventually(lambda: len(stage.running("web")) == 1, within=10.0, what="the pod, without any waiting")
            stage.push({"web.yaml": None})
            stage.client.remove_container(foreign["Id"], force=True)
            eventually(lambda: not stage.client.networks(names=[network]), what="the network gone")
    finally:
        for each in stage.client.containers(all=True, filters={"id": foreign["Id"]}):
            stage.client.remove_container(each["Id"], force=True)
