"""What the processes of a container may do, seen from inside."""

import re

import pytest
from docker import APIClient

from tests.e2e.manifests import bare_pod
from tests.e2e.stage import Stage, eventually

pytestmark = pytest.mark.docker

NET_BIND_SERVICE, NET_ADMIN = 1 << 10, 1 << 12


def status(stage: Stage, pod: str, field: str, container: str = "main") -> int:
    """A number of /proc/1/status: capability sets are hexadecimal, the rest decimal."""
    text = stage.inside(pod, f"grep ^{field}: /proc/1/status", container).split()[1]
    return int(text, 16 if field.startswith("Cap") else 10)


def test_users_and_groups_are_those_of_the_pod_unless_the_container_says_otherwise(stage: Stage) -> None:
    pod = "securityContext: {runAsUser: 1000, runAsGroup: 2000, supplementalGroups: [3000, 4000]}"
    stage.push({"a.yaml": bare_pod("who", pod=pod, neighbour="securityContext: {runAsUser: 1001}")})
    stage.sync()
    assert re.sub(r"\(\w+\)", "", stage.inside("who", "id")) == "uid=1000 gid=2000 groups=2000,3000,4000"
    assert re.sub(r"\(\w+\)", "", stage.inside("who", "id", "neighbour")).startswith("uid=1001 gid=2000")
    stage.wait_settled()


def test_a_group_alone_goes_with_the_user_of_the_image(stage: Stage) -> None:
    stage.push({"a.yaml": bare_pod("grouped", container="securityContext: {runAsGroup: 2000}")})
    stage.sync()
    assert stage.inside("grouped", "id -u; id -g").split() == ["0", "2000"]
    stage.wait_settled()


def test_what_a_hardened_container_is_allowed(stage: Stage) -> None:
    context = """securityContext: {runAsUser: 65534, runAsNonRoot: true, readOnlyRootFilesystem: true,
      allowPrivilegeEscalation: false, capabilities: {drop: [all], add: [cap_net_bind_service]},
      seccompProfile: {type: RuntimeDefault}}"""
    stage.push({"a.yaml": bare_pod("hard", container=context)})
    stage.sync()
    assert status(stage, "hard", "CapBnd") == NET_BIND_SERVICE
    assert status(stage, "hard", "NoNewPrivs") == 1
    assert status(stage, "hard", "Seccomp") == 2
    assert stage.inside("hard", "touch /tmp/a 2>&1 || true").endswith("Read-only file system")
    stage.wait_settled()


def test_what_a_container_with_more_rights_is_allowed(stage: Stage) -> None:
    context = """securityContext: {capabilities: {add: [NET_ADMIN], drop: [CHOWN]}, procMount: Unmasked,
      seccompProfile: {type: Unconfined}}"""
    stage.push({"a.yaml": bare_pod("soft", container=context, neighbour="")})
    stage.sync()
    assert status(stage, "soft", "CapEff") & (NET_ADMIN | 1) == NET_ADMIN
    assert status(stage, "soft", "Seccomp") == 0
    assert stage.inside("soft", "grep -c ' /proc/' /proc/mounts || true") == "0"
    assert status(stage, "soft", "CapEff", "neighbour") & (NET_ADMIN | 1) == 1
    assert stage.inside("soft", "grep -c ' /proc/' /proc/mounts", "neighbour") != "0"
    stage.wait_settled()


def test_a_privileged_container_sees_the_devices_of_the_node(stage: Stage) -> None:
    if not may_be_privileged(stage.client, stage.image):
        pytest.skip("this machine takes CAP_SYS_RESOURCE from everybody, so nothing can be privileged here")
    stage.push({"a.yaml": bare_pod("strong", container="securityContext: {privileged: true}")})
    stage.sync()
    assert status(stage, "strong", "Seccomp") == 0
    assert stage.inside("strong", "ls /dev/kmsg") == "/dev/kmsg"
    stage.wait_settled()


def test_a_container_that_must_not_be_root_waits_when_its_image_says_nothing_else(stage: Stage) -> None:
    stage.push({"a.yaml": bare_pod("root", pod="securityContext: {runAsNonRoot: true}")})
    why = "CreateContainerConfigError: runAsNonRoot is true and the image runs as root"
    with stage.daemon():
        eventually(lambda: why in stage.ask("diff"), what=stage.log)
        eventually(lambda: "CreateContainerConfigError" in stage.ask("get", "pods"))
        assert [each.container for each in stage.seen()] == [""]


def test_kernel_parameters_hold_in_every_container_of_the_pod(stage: Stage) -> None:
    sysctls = "[{name: net.core.somaxconn, value: '777'}, {name: kernel/shm_rmid_forced, value: '1'}]"
    stage.push({"a.yaml": bare_pod("tuned", pod=f"securityContext: {{sysctls: {sysctls}}}")})
    stage.sync()
    assert stage.inside("tuned", "cat /proc/sys/net/core/somaxconn /proc/sys/kernel/shm_rmid_forced").split() == [
        "777",
        "1",
    ]
    stage.wait_settled()


def may_be_privileged(client: APIClient, image: str) -> bool:
    """Whether a privileged container starts on this machine."""
    made = client.create_container(image, ["true"], host_config=client.create_host_config(privileged=True))
    try:
        client.start(made["Id"])
    except Exception:  # noqa: BLE001 - whatever the reason is, it is not ours
        return False
    else:
        return True
    finally:
        client.remove_container(made["Id"], force=True)
