"""Whatever a hand does to what runs is reverted."""

import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial

import pytest
from docker.errors import APIError, NotFound

from gitpod_sync.model.base import labels
from tests.e2e.manifests import deployment
from tests.e2e.stage import Seen, Stage, eventually

pytestmark = pytest.mark.docker

Hand = Callable[[Stage, Seen, Seen], object]


def remove(stage: Stage, *containers: Seen) -> None:
    for each in containers:
        stage.client.remove_container(each.id, force=True)


def update(what: str, *options: str) -> Hand:
    """`docker update` with these options, of the sandbox or of its container."""

    def hand(_stage: Stage, container: Seen, sandbox: Seen) -> None:
        target = sandbox.id if what == "sandbox" else container.id
        subprocess.run(["docker", "update", *options, target], check=True, capture_output=True)

    return hand


def connect(stage: Stage, _container: Seen, sandbox: Seen) -> None:
    """Put the sandbox on a second network under our label, before the daemon has seen that one and removed it."""
    mine, name = {labels.INSTANCE: stage.instance}, f"{stage.instance}-second"

    def connected() -> bool:
        with suppress(NotFound):
            stage.client.create_network(name, labels=mine)
            stage.client.connect_container_to_network(sandbox.id, name)
            return True
        return False

    eventually(connected)


ENDING_THE_CONTAINER: dict[str, Hand] = {
    "killed": lambda stage, container, _: stage.client.kill(container.id),
    "stopped": lambda stage, container, _: stage.client.stop(container.id, timeout=1),
    "removed": lambda stage, container, _: stage.client.remove_container(container.id, force=True),
}
ON_CONTAINER: dict[str, Hand] = {
    "paused": lambda stage, container, _: stage.client.pause(container.id),
    "renamed": lambda stage, container, _: stage.client.rename(container.id, f"{stage.instance}-mine"),
    "limits changed": lambda stage, container, _: stage.client.update_container(
        container.id, mem_limit="64m", memswap_limit="64m", cpu_quota=20000
    ),
    "few processes allowed": update("container", "--pids-limit", "50"),
    "confined to a CPU": update("container", "--cpuset-cpus", "0"),
    "swap allowed": update("container", "--memory-swap", "100M"),
    "memory reserved": update("container", "--memory-reservation", "6M"),
    "restart policy changed": lambda stage, container, _: stage.client.update_container(
        container.id, restart_policy={"Name": "always"}
    ),
}
ON_SANDBOX: dict[str, Hand] = {
    "limits changed": update("sandbox", "--memory", "100M", "--memory-swap", "100M", "--cpu-shares", "7"),
    "restart policy changed": update("sandbox", "--restart", "always", "--pids-limit", "99"),
    "paused": lambda stage, _, sandbox: stage.client.pause(sandbox.id),
    "renamed": lambda stage, _, sandbox: stage.client.rename(sandbox.id, f"{stage.instance}-mine"),
    "connected to a second network": connect,
    "disconnected": lambda stage, _, sandbox: stage.client.disconnect_container_from_network(
        sandbox.id, f"{stage.instance}-pods"
    ),
}
LOSING_THE_POD: dict[str, Hand] = {
    "sandbox killed": lambda stage, _, sandbox: stage.client.kill(sandbox.id),
    "sandbox removed": lambda stage, _, sandbox: stage.client.remove_container(sandbox.id, force=True),
    "sandbox restarted": lambda stage, _, sandbox: stage.client.restart(sandbox.id, timeout=1),
    "all removed": remove,
}


def pod_of(stage: Stage, workload: str) -> tuple[list[Seen], list[Seen]]:
    """The running containers and the sandboxes of a workload."""
    return stage.running(workload), [each for each in stage.sandboxes() if each.pod.startswith(f"default/{workload}-")]


def as_written(stage: Stage, workload: str = "web") -> bool:
    """One pod, running, connected, with the name and the limits that its manifest gives."""
    running, sandboxes = pod_of(stage, workload)
    if len(running) != 1 or len(sandboxes) != 1:
        return False
    container, sandbox = (stage.client.inspect_container(each.id) for each in (running[0], sandboxes[0]))
    host, sandbox_host = container["HostConfig"], sandbox["HostConfig"]
    return (
        running[0].name.startswith(f"{stage.instance}_default_{workload}")
        and (host["Memory"], host["CpuQuota"]) == (32 * 1024**2, 50_000)
        and host["MemorySwap"] == host["Memory"]
        and host["MemoryReservation"] in {0, host["Memory"]}
        and all(each["RestartPolicy"]["Name"] in {"", "no"} for each in (host, sandbox_host))
        and all((each["PidsLimit"] or 0) <= 0 for each in (host, sandbox_host))
        and host["CpusetCpus"] in {"", f"0-{stage.client.info()['NCPU'] - 1}"}
        and (sandbox_host["Memory"] in {0, 2**62}, sandbox_host["CpuShares"] in {0, 1024}) == (True, True)
        and sandbox["State"]["Status"] == "running"
        and sandbox["Name"] == f"/{stage.instance}_default_{running[0].labels[labels.POD]}"
        and list(sandbox["NetworkSettings"]["Networks"]) == [f"{stage.instance}-pods"]
        and len(stage.client.networks(filters={"label": f"{labels.INSTANCE}={stage.instance}"})) == 1
    )


@contextmanager
def one_pod_each(stage: Stage, hands: Mapping[str, Hand]) -> Iterator[dict[str, tuple[str, Seen, Seen]]]:
    """A daemon, and by what will be done to it a workload with its container and its sandbox; all as written."""
    workloads = {what: f"web-{what.replace(' ', '-')}" for what in hands}
    stage.push({f"{each}.yaml": deployment(each, replicas=1) for each in workloads.values()})

    def pod(workload: str) -> tuple[str, Seen, Seen]:
        (container,), (sandbox,) = pod_of(stage, workload)
        return workload, container, sandbox

    with stage.daemon():
        eventually(lambda: all(as_written(stage, each) for each in workloads.values()) and stage.settled())
        yield {what: pod(each) for what, each in workloads.items()}


def test_a_container_that_has_ended_is_put_right(stage: Stage) -> None:
    with one_pod_each(stage, ENDING_THE_CONTAINER) as pods:
        for what, (_, container, sandbox) in pods.items():
            ENDING_THE_CONTAINER[what](stage, container, sandbox)
        for what, (workload, _, sandbox) in pods.items():
            eventually(partial(as_written, stage, workload), within=30, what=what)
            # A container restart is not a pod restart.
            assert [each.id for each in pod_of(stage, workload)[1]] == [sandbox.id], what
        stage.wait_settled()


def test_a_container_is_put_right(stage: Stage) -> None:
    stage.push({"web.yaml": deployment(replicas=1)})
    with stage.daemon():
        eventually(lambda: as_written(stage) and stage.settled())
        (sandbox,) = stage.sandboxes()
        for what, hand in ON_CONTAINER.items():
            (container,) = stage.running("web")
            hand(stage, container, sandbox)
            eventually(lambda: as_written(stage) and stage.settled(), within=30, what=what)
            assert [each.id for each in stage.sandboxes()] == [sandbox.id], what


def test_a_sandbox_is_mended_where_it_stands(stage: Stage) -> None:
    stage.push({"web.yaml": deployment(replicas=1)})
    with stage.daemon():
        eventually(lambda: as_written(stage) and stage.settled())
        (container,), (sandbox,) = pod_of(stage, "web")
        for what, hand in ON_SANDBOX.items():
            hand(stage, container, sandbox)
            eventually(lambda: as_written(stage) and stage.settled(), within=30, what=what)
            assert [each.id for each in stage.sandboxes()] == [sandbox.id], what
            assert [each.id for each in stage.running("web")] == [container.id], what


def test_a_lost_sandbox_costs_the_pod_and_another_one_comes(stage: Stage) -> None:
    with one_pod_each(stage, LOSING_THE_POD) as pods:
        for what, (_, container, sandbox) in pods.items():
            LOSING_THE_POD[what](stage, container, sandbox)
        gone = {container.labels[labels.UID] for _, container, _ in pods.values()}
        eventually(lambda: not gone & {each.labels[labels.UID] for each in stage.seen()}, what="the old pods gone")
        for what, (workload, _, _) in pods.items():
            eventually(partial(as_written, stage, workload), what=what)
        stage.wait_settled()


def lookalikes(container: Seen, sandbox: Seen) -> list[dict[str, str]]:
    """Labels of containers that pass themselves off as ours."""
    instance = {labels.INSTANCE: container.labels[labels.INSTANCE]}
    member = {**instance, labels.UID: container.labels[labels.UID], labels.CONTAINER: container.container}
    templates = ("", "[" * 50_000, '{"spec":{"containers":5}}', '{"spec":{"containers":[{"name":"a","image":5}]}}')
    return [
        instance,
        dict(container.labels),
        dict(sandbox.labels),
        {**member, labels.ATTEMPT: "7"},
        {**member, labels.ATTEMPT: "9" * 5000},
        *({**sandbox.labels, labels.UID: "0-0", labels.TEMPLATE: template} for template in templates),
    ]


def test_a_foreign_container_under_our_labels_is_removed(stage: Stage) -> None:
    stage.push({"web.yaml": deployment(replicas=1)})
    with stage.daemon():
        eventually(lambda: as_written(stage) and stage.settled())
        (container,), (sandbox,) = stage.running("web"), stage.sandboxes()
        # A range of ports is what we never ask for.
        ports = {"80/tcp": [{"HostIp": "127.0.0.1", "HostPort": "41000-41100"}]}
        for number, claimed in enumerate(lookalikes(container, sandbox)):
            config = stage.client.create_container(
                stage.image,
                ["/bin/sleep", "1000"],
                labels=claimed,
                name=f"{stage.instance}-foreign-{number}",
                host_config={"PortBindings": ports},
            )
            with suppress(APIError):  # it may be on its way out before it was started
                stage.client.start(config["Id"])
        eventually(lambda: not [each for each in stage.seen() if "foreign" in each.name], what="all gone")
        assert [each.id for each in stage.running("web")] == [container.id]
