"""Several things at once, programs that do not behave, and people who change their mind."""

import contextlib
import signal
import subprocess
import time

import pytest
from docker.errors import APIError

from gitpod_sync.model.base import labels
from tests.e2e.manifests import classic_pod, deployment
from tests.e2e.stage import Stage, eventually

pytestmark = pytest.mark.docker


def versions(stage: Stage) -> list[str]:
    """The VERSION of every running container of the Deployment."""
    environments = (stage.client.inspect_container(each.id)["Config"]["Env"] for each in stage.running("web"))
    return sorted(entry.partition("=")[2] for env in environments for entry in env if entry.startswith("VERSION="))


def pod(name: str, *lines: str) -> str:
    head = f"apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}}}\nspec:\n"
    return head + "".join(f"  {line}\n" for line in lines)


def test_a_version_that_crashes_does_not_eat_the_old_one_and_a_revert_gets_through(stage: Stage) -> None:
    stage.push({"web.yaml": deployment(replicas=3, min_ready=2)})
    with stage.daemon():
        eventually(lambda: versions(stage) == ["1", "1", "1"])
        stage.wait_settled()
        old = {each.id for each in stage.running("web")}
        stage.push({"web.yaml": deployment(replicas=3, min_ready=2, version="2", command="sleep 0.2; exit 1")})
        eventually(lambda: "CrashLoopBackOff" in stage.ask("get", "pods"), what="the new version crashing")
        assert {each.id for each in stage.running("web")} >= old
        stage.push({"web.yaml": deployment(replicas=3, min_ready=2)})
        stage.wait_settled()
        assert {each.id for each in stage.running("web")} == old


def test_everything_removed_at_once_comes_back(stage: Stage) -> None:
    stage.push({"web.yaml": deployment(replicas=3), "classic.yaml": classic_pod()})
    with stage.daemon():
        stage.wait_settled()
        before = {each.id for each in stage.seen()}
        subprocess.run(["docker", "rm", "--force", *before], check=True, capture_output=True)
        eventually(lambda: len(stage.running()) == 5 and not before & {each.id for each in stage.seen()})
        stage.wait_settled()
        volumes = [each["Name"] for each in stage.volumes()]
        messages = [name for name in volumes if name.endswith("__messages")]
        assert (len(messages), len(volumes) - len(messages)) == (len(stage.sandboxes()), 1)


def test_a_network_that_was_taken_away_comes_back_under_its_pods(stage: Stage) -> None:
    stage.push({"web.yaml": deployment(replicas=2)})
    with stage.daemon():
        stage.wait_settled()
        network = f"{stage.instance}-pods"
        stage.client.disconnect_container_from_network(stage.sandboxes()[0].id, network)
        stage.client.disconnect_container_from_network(stage.sandboxes()[1].id, network)
        subprocess.run(["docker", "network", "rm", network], check=False, capture_output=True)

        def connected() -> bool:
            found = [
                stage.client.inspect_container(each.id)["NetworkSettings"]["Networks"] for each in stage.sandboxes()
            ]
            return len(found) == 2 and all(each.get(network, {}).get("IPAddress") for each in found)

        eventually(connected, what="both pods on the network")
        stage.wait_settled()


def test_two_pods_may_swap_their_host_ports(stage: Stage, free_port: int) -> None:
    stage.push({"a.yaml": classic_pod("a", host_port=free_port), "b.yaml": classic_pod("b")})
    with stage.daemon():
        stage.wait_settled()
        stage.push({"a.yaml": classic_pod("a"), "b.yaml": classic_pod("b", host_port=free_port)})
        stage.wait_settled()
        held = {
            each.labels[labels.POD]: stage.client.inspect_container(each.id)["HostConfig"]["PortBindings"]
            for each in stage.sandboxes()
        }
        assert not held["a"]
        assert held["b"]["8080/tcp"][0]["HostPort"] == str(free_port)


def test_a_volume_in_memory_outlives_its_containers_and_dies_with_its_pod(stage: Stage) -> None:
    def manifest(note: str) -> str:
        return pod(
            "memory",
            f"hostname: {note}",
            "volumes: [{name: data, emptyDir: {medium: Memory}}]",
            "terminationGracePeriodSeconds: 0",
            "containers:",
            "- name: main",
            "  image: IMAGE",
            "  command: [/bin/sleep, '1000']",
            "  volumeMounts: [{name: data, mountPath: /data}]",
        )

    def inside(command: str) -> str:
        """What the command prints in the pod; nothing while its container is being replaced."""
        with contextlib.suppress(ValueError, APIError):
            (container,) = stage.running("memory")
            done = stage.client.exec_start(stage.client.exec_create(container.id, ["/bin/sh", "-c", command])["Id"])
            return str(done.decode()).strip()
        return ""

    stage.push({"memory.yaml": manifest("one")})
    with stage.daemon():
        stage.wait_settled()
        assert inside("echo kept > /data/file; grep ' /data ' /proc/mounts | cut -d' ' -f3") == "tmpfs"
        (first,) = stage.running("memory")
        stage.client.kill(first.id)
        eventually(lambda: [each.id for each in stage.running("memory")] not in ([], [first.id]))
        assert inside("cat /data/file") == "kept"
        stage.push({"memory.yaml": manifest("two")})
        eventually(lambda: inside("hostname") == "two", what="the pod's successor")
        assert inside("cat /data/file 2>/dev/null || echo nothing") == "nothing"


def test_a_program_that_ignores_term_is_ended_when_its_grace_is_over_and_not_before(stage: Stage) -> None:
    manifest = pod(
        "stubborn",
        "terminationGracePeriodSeconds: 3",
        "containers: [{name: main, image: IMAGE, command: [/bin/sh, -c, \"trap '' TERM; while :; do sleep 1; done\"]}]",
    )
    stage.push({"stubborn.yaml": manifest})
    with stage.daemon(flags=["--allow-empty"]) as process:
        stage.wait_settled()
        (container,) = stage.running("stubborn")
        stage.push({"stubborn.yaml": None, "README.md": "nothing"})
        eventually(lambda: any(each.ending for each in stage.seen()), what="the mark of ending")
        # The daemon dies in the middle of the ending; the next one goes on with it.
        process.kill()
        process.wait()
        assert stage.client.inspect_container(container.id)["State"]["Running"]
    with stage.daemon(flags=["--allow-empty"]):
        eventually(lambda: not stage.seen(), what="its end")


def test_a_change_of_mind_during_a_rollout_gets_through(stage: Stage) -> None:
    stage.push({"web.yaml": deployment(replicas=3)})
    with stage.daemon():
        eventually(lambda: versions(stage) == ["1", "1", "1"])
        stage.push({"web.yaml": deployment(replicas=4, version="2", min_ready=1)})
        eventually(lambda: "2" in versions(stage))
        stage.push({"web.yaml": deployment(replicas=2, version="3", min_ready=1)})
        eventually(lambda: versions(stage) == ["3", "3"], what="two pods of the last version")
        stage.wait_settled()


def test_a_deployment_and_a_pod_may_bear_one_name(stage: Stage) -> None:
    bare = pod("web", "containers: [{name: main, image: IMAGE, command: [/bin/sleep, '1000']}]")
    stage.push({"web.yaml": deployment(replicas=1), "pod.yaml": bare + "  terminationGracePeriodSeconds: 0\n"})
    with stage.daemon():
        stage.wait_settled()
        assert len(stage.running("web")) == 2
        stage.push({"web.yaml": None})
        eventually(lambda: [each.pod for each in stage.running()] == ["default/web"])
        stage.wait_settled()


def test_what_an_engine_writes_in_its_own_way_is_no_drift(stage: Stage) -> None:
    def main(*lines: str) -> tuple[str, ...]:
        return "terminationGracePeriodSeconds: 0", "containers:", "- name: main", "  image: IMAGE", *lines

    stage.push(
        {
            "path.yaml": pod("path", *main("  workingDir: /tmp/..//tmp/", "  command: [/bin/sleep, '1000']")),
            "empty.yaml": pod("empty", *main("  command: ['']", "  args: [/bin/sleep, '1000']")),
        }
    )
    with stage.daemon():
        stage.wait_settled()
        before = {each.id for each in stage.running()}
        assert len(before) == 2
    with stage.daemon():
        stage.wait_settled()
        assert {each.id for each in stage.running()} == before


@pytest.mark.parametrize("what", ["containers", "sandboxes"])
def test_names_that_were_swapped_while_nobody_looked_are_put_right(stage: Stage, what: str) -> None:
    stage.push({"classic.yaml": classic_pod(), "web.yaml": deployment(replicas=1)})
    with stage.daemon() as process:
        stage.wait_settled()
        names = {each.id: each.name for each in stage.seen()}
        one, other = stage.running("classic") if what == "containers" else stage.sandboxes()
        process.send_signal(signal.SIGSTOP)
        stage.client.rename(one.id, f"{stage.instance}-between")
        stage.client.rename(other.id, one.name)
        stage.client.rename(one.id, other.name)
        process.send_signal(signal.SIGCONT)
        eventually(lambda: {each.id: each.name for each in stage.seen()} == names, within=20, what="their own names")
        stage.wait_settled()


@pytest.mark.parametrize("kind", ["bare pod", "Recreate"])
def test_a_pod_whose_sandbox_was_removed_has_its_grace_and_is_gone_before_its_successor(
    stage: Stage, kind: str
) -> None:
    command = "trap '' TERM; while :; do sleep 1; done"
    container = f'{{name: main, image: IMAGE, command: [/bin/sh, -c, "{command}"]}}'
    bare = pod("stubborn", "terminationGracePeriodSeconds: 4", f"containers: [{container}]")
    recreate = (
        deployment("stubborn", replicas=1, command=command)
        .replace("type: RollingUpdate", "type: Recreate")
        .replace("    rollingUpdate: {maxSurge: 1, maxUnavailable: 0}\n", "")
    )
    stage.push({"stubborn.yaml": bare if kind == "bare pod" else recreate})
    with stage.daemon():
        stage.wait_settled()
        (first,), (sandbox,) = stage.running("stubborn"), stage.sandboxes()
        stage.client.remove_container(sandbox.id, force=True)
        began = time.monotonic()
        seen = []

        def succeeded() -> bool:
            seen.append({each.id for each in stage.running("stubborn")})
            return bool(seen[-1]) and first.id not in seen[-1]

        eventually(succeeded, within=20, what="its successor")
        assert time.monotonic() - began > 3
        assert max(map(len, seen)) == 1
        stage.wait_settled()
