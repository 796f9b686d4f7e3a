"""From the manifest of a pod to what an engine is asked for, setting by setting."""

from dataclasses import replace
from typing import Any

import pytest
import yaml

from gitpod_sync.model.base.codec import decode
from gitpod_sync.model.base.instance import Instance
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.engine.container import HOST_NETWORK, ContainerConfig, LogRotation, Resolver, Sharing, Terminal
from gitpod_sync.model.engine.features import EngineFeatures
from gitpod_sync.model.engine.node import NodeSettings
from gitpod_sync.model.engine.observed import ImageInfo, ObservedNode
from gitpod_sync.model.engine.pods import PodIdentity
from gitpod_sync.model.pods.hashing import template_hash
from gitpod_sync.model.pods.pod import PodTemplate
from gitpod_sync.model.pods.privileges import HARDENED, Privileges
from gitpod_sync.model.settings import DEFAULT_SETTINGS, LogSettings, Settings
from gitpod_sync.plan.config.container_config import compute_container_config, compute_sandbox_config
from gitpod_sync.plan.config.environment import Environment

NODE = ObservedNode(memory=16 * 1024**3)
INSTANCE = Instance("test")


def identity(pod: str = "", container: str = "", name: str = "web") -> PodIdentity:
    spec: dict[str, Any] = yaml.safe_load(f"{{{pod}}}")
    main = {"name": "main", "image": "web:1", **yaml.safe_load(f"{{{container}}}")}
    template = decode(PodTemplate, {"spec": {"containers": [main], **spec}})
    return PodIdentity("shop", name, "uid", Key("Pod", "shop", name), template, template_hash(template))


def of_container(
    pod: str = "",
    container: str = "",
    image: str = "",
    node: ObservedNode = NODE,
    settings: Settings = DEFAULT_SETTINGS,
) -> ContainerConfig:
    found = identity(pod, container)
    (main,) = found.template.spec.containers
    return compute_container_config(
        found,
        main,
        INSTANCE,
        sandbox="box",
        attempt=0,
        backoff=0,
        environment=Environment({}),
        image=ImageInfo("sha256:1", user=image),
        node=node,
        settings=settings,
    )


def of_sandbox(pod: str = "", container: str = "", name: str = "web") -> ContainerConfig:
    return compute_sandbox_config(identity(pod, container, name), INSTANCE)


USERS = [
    ("", "", "1000:www", ""),
    ("runAsUser: 7", "", "", "7"),
    ("runAsUser: 7, runAsGroup: 8", "", "", "7:8"),
    ("runAsUser: 7, runAsGroup: 8", "runAsUser: 0", "", "0:8"),
    ("runAsUser: 7", "runAsGroup: 9", "", "7:9"),
    ("runAsGroup: 8", "", "", "0:8"),
    ("runAsGroup: 8", "", "www:www", "www:8"),
]


@pytest.mark.parametrize(("pod", "container", "image", "user"), USERS)
def test_the_container_says_who_it_runs_as_then_the_pod_then_the_image(
    pod: str, container: str, image: str, user: str
) -> None:
    found = of_container(f"securityContext: {{{pod}}}", f"securityContext: {{{container}}}", image)
    assert found.user == user


RIGHTS: list[tuple[str, str, Privileges]] = [
    ("", "", Privileges()),
    ("supplementalGroups: [5, 3]", "", Privileges(groups=(5, 3))),
    (
        "",
        "capabilities: {add: [cap_net_admin, SYS_TIME], drop: [all]}",
        Privileges((), ("NET_ADMIN", "SYS_TIME"), ("ALL",)),
    ),
    ("", "privileged: true", Privileges(privileged=True)),
    ("", "privileged: true, procMount: Unmasked", Privileges(privileged=True)),
    ("", "procMount: Unmasked", Privileges(unmasked_proc=True)),
    ("", "readOnlyRootFilesystem: true", Privileges(read_only_root=True)),
    ("", "allowPrivilegeEscalation: false", Privileges(no_new_privileges=True)),
    ("seccompProfile: {type: RuntimeDefault}", "", Privileges()),
    ("seccompProfile: {type: Unconfined}", "", Privileges(seccomp="unconfined")),
    ("seccompProfile: {type: Unconfined}", "seccompProfile: {type: RuntimeDefault}", Privileges()),
    ("appArmorProfile: {type: Localhost, localhostProfile: web}", "", Privileges(app_armor="web")),
    (
        "appArmorProfile: {type: Localhost, localhostProfile: web}",
        "appArmorProfile: {type: Unconfined}",
        Privileges(app_armor="unconfined"),
    ),
    ("seLinuxOptions: {type: a, level: 's0'}", "", Privileges(se_linux=(("level", "s0"), ("type", "a")))),
    ("seLinuxOptions: {type: a, level: 's0'}", "seLinuxOptions: {type: b}", Privileges(se_linux=(("type", "b"),))),
]


@pytest.mark.parametrize(("pod", "container", "rights"), RIGHTS)
def test_what_the_container_says_of_its_rights_wins(pod: str, container: str, rights: Privileges) -> None:
    found = of_container(f"securityContext: {{{pod}}}", f"securityContext: {{{container}}}")
    assert found.privileges == rights
    assert of_sandbox(f"securityContext: {{{pod}}}").privileges == HARDENED


SHARING = [
    ("", Sharing.PRIVATE, Sharing.JOINED, Sharing.SHAREABLE),
    ("shareProcessNamespace: true", Sharing.JOINED, Sharing.JOINED, Sharing.SHAREABLE),
    ("hostPID: true", Sharing.NODE, Sharing.JOINED, Sharing.SHAREABLE),
    ("hostIPC: true", Sharing.PRIVATE, Sharing.NODE, Sharing.NODE),
]


@pytest.mark.parametrize(("pod", "pid", "ipc", "sandbox_ipc"), SHARING)
def test_namespaces_are_shared_with_the_pod_or_with_the_node(
    pod: str, pid: Sharing, ipc: Sharing, sandbox_ipc: Sharing
) -> None:
    found, sandbox = of_container(pod), of_sandbox(pod)
    assert (found.pid, found.ipc, sandbox.pid, sandbox.ipc) == (pid, ipc, Sharing.PRIVATE, sandbox_ipc)


NAMES = [
    ("", "web", "web", ""),
    ("", "a" * 62 + ".bcd", "a" * 62, ""),
    ("hostname: db", "web", "db", ""),
    ("subdomain: data", "web", "web", "data.shop.svc.cluster.local"),
    ("subdomain: data, setHostnameAsFQDN: true", "web", "web.data.shop.svc.cluster.local", ""),
    ("setHostnameAsFQDN: true", "web", "web", ""),
    ("hostNetwork: true, hostname: db, subdomain: data", "web", "", ""),
]


@pytest.mark.parametrize(("pod", "name", "hostname", "domain"), NAMES)
def test_a_pod_is_called_by_its_hostname_or_its_name(pod: str, name: str, hostname: str, domain: str) -> None:
    sandbox = of_sandbox(pod, name=name)
    assert (sandbox.hostname, sandbox.domain) == (hostname, domain)


def test_on_the_node_s_network_every_port_is_one_of_the_node_and_none_is_published() -> None:
    ports = "ports: [{containerPort: 80}, {containerPort: 81, hostPort: 81}]"
    sandbox = of_sandbox("hostNetwork: true", ports)
    assert (sandbox.network, sandbox.ports) == (HOST_NETWORK, ())
    assert [port.host_port for port in identity("hostNetwork: true", ports).template.spec.ports] == [80, 81]


RESOLVERS = [
    ("", Resolver()),
    ("dnsPolicy: Default", Resolver()),
    ("dnsConfig: {options: [{name: ndots, value: '2'}, {name: edns0}]}", Resolver((), (), ("ndots:2", "edns0"))),
    ("dnsPolicy: None, dnsConfig: {nameservers: [10.0.0.1], searches: [a.b]}", Resolver(("10.0.0.1",), ("a.b",))),
    ("dnsPolicy: None, dnsConfig: {nameservers: [10.0.0.1]}", Resolver(("10.0.0.1",), (".",))),
]


@pytest.mark.parametrize(("pod", "resolver"), RESOLVERS)
def test_the_resolver_is_the_engine_s_unless_the_pod_has_its_own(pod: str, resolver: Resolver) -> None:
    assert of_sandbox(pod).resolver == resolver


def test_aliases_and_kernel_parameters_are_the_sandbox_s() -> None:
    aliases = "hostAliases: [{ip: 10.0.0.1, hostnames: [a, b]}]"
    sandbox = of_sandbox(f"{aliases}, securityContext: {{sysctls: [{{name: net/core/x.y, value: '1'}}]}}")
    assert sandbox.hosts == (("a", "10.0.0.1"), ("b", "10.0.0.1"))
    assert sandbox.sysctls == {"net.core.x/y": "1"}


def test_a_terminal_and_a_signal_are_the_container_s() -> None:
    assert of_container("", "stdin: true, stdinOnce: true, tty: true").terminal == Terminal(True, True, True)
    assert of_container("", "stdinOnce: true").terminal == Terminal()
    assert of_container("", "lifecycle: {stopSignal: SIGQUIT}").stop_signal == "SIGQUIT"


def test_gpus_are_asked_for_by_their_number() -> None:
    assert of_container("", "resources: {limits: {nvidia.com/gpu: 2}}").gpus == 2
    assert of_container("", "resources: {limits: {cpu: 2}}").gpus == 0


def test_every_container_may_have_as_many_processes_as_is_set() -> None:
    assert of_container(settings=Settings(pids_limit=64)).limits.pids == 64
    assert of_container().limits.pids == 0


def test_logs_rotate_where_the_engine_would_let_them_grow() -> None:
    grows, rotates = (replace(NODE, features=EngineFeatures(log_driver=name)) for name in ("json-file", "local"))
    assert of_container(node=grows).log == LogRotation(10 * 1024**2, 5)
    assert of_container(node=grows, settings=Settings(logs=LogSettings(4096, 2))).log == LogRotation(4096, 2)
    assert of_container(node=grows, settings=Settings(logs=LogSettings(0))).log is None
    assert of_container(node=rotates).log is None


def test_the_engine_itself_waits_as_long_as_the_grace_period_when_it_stops_a_container() -> None:
    assert of_container("terminationGracePeriodSeconds: 7").stop_timeout == 7
    assert of_container("terminationGracePeriodSeconds: 0").stop_timeout == 0
    assert of_container().stop_timeout == 30
    assert of_container(f"terminationGracePeriodSeconds: {2**62}").stop_timeout == 2**31 - 1


def test_a_pod_on_the_node_s_network_bears_the_node_s_name() -> None:
    assert of_sandbox("hostNetwork: true").uts is of_container("hostNetwork: true").uts is Sharing.NODE
    assert of_sandbox().uts is of_container().uts is Sharing.PRIVATE


SCORES = [
    ("", 1000),
    ("resources: {limits: {cpu: 1, memory: 1Gi}}", -997),
    ("resources: {limits: {cpu: 1, memory: 1Gi}, requests: {memory: 512Mi}}", 969),
    ("resources: {limits: {cpu: 1}}", 999),
    ("resources: {requests: {memory: 4Gi}}", 750),
    ("resources: {requests: {memory: 16Gi}}", 2),
    ("resources: {requests: {memory: 0}}", 1000),
]


@pytest.mark.parametrize(("container", "score"), SCORES)
def test_whom_the_kernel_kills_first_follows_from_the_requests(container: str, score: int) -> None:
    assert of_container("", container).oom_score_adj == score


def test_the_kernel_is_to_spare_sandboxes() -> None:
    assert of_sandbox().oom_score_adj == -998


IN_MEMORY = "volumes: [{name: v, emptyDir: {medium: Memory%s}}]"
LIMITED = "resources: {limits: {memory: 64Mi}}"
INIT = "initContainers: [{name: first, image: 'a:1'%s}], "
SIZES = [
    (IN_MEMORY % "", "", 0),
    (IN_MEMORY % ", sizeLimit: 96Mi", "", 96),
    (IN_MEMORY % "", LIMITED, 64),
    (IN_MEMORY % ", sizeLimit: 96Mi", LIMITED, 64),
    (IN_MEMORY % ", sizeLimit: 32Mi", LIMITED, 32),
    (IN_MEMORY % ", sizeLimit: 0", LIMITED, 64),
    (INIT % "" + IN_MEMORY % "", LIMITED, 0),
    (INIT % ", resources: {limits: {memory: 80Mi}}" + IN_MEMORY % "", LIMITED, 80),
    (INIT % ", restartPolicy: Always, resources: {limits: {memory: 80Mi}}" + IN_MEMORY % "", LIMITED, 144),
    (IN_MEMORY % "", "resources: {limits: {memory: 0}}", 0),
    ("volumes: [{name: v, emptyDir: {sizeLimit: 32Mi}}]", LIMITED, 0),
    ("volumes: [{name: v, secret: {secretName: s}}]", LIMITED, 0),
]


@pytest.mark.parametrize(("pod", "container", "mebibytes"), SIZES)
def test_a_volume_in_memory_is_no_larger_than_its_limit_and_those_of_the_containers(
    pod: str, container: str, mebibytes: int
) -> None:
    (size,) = (mount.size for mount in of_sandbox(pod, container).mounts if mount.target == "/volumes/0")
    assert size == mebibytes * 1024**2


@pytest.mark.parametrize(("container", "mebibytes"), [("", 15 * 1024), (LIMITED, 64)])
def test_a_volume_in_memory_is_no_larger_than_what_pods_may_have(container: str, mebibytes: int) -> None:
    settings = Settings(node=NodeSettings(reserved={"memory": 1024**3}))
    mounted = f"volumeMounts: [{{name: v, mountPath: /v}}]{container and ', '}{container}"
    found = of_container(IN_MEMORY % "", mounted, settings=settings)
    (size,) = (mount.size for mount in found.mounts if mount.target == "/v")
    assert size == mebibytes * 1024**2


PROPAGATIONS = [("", ""), ("HostToContainer", "rslave"), ("Bidirectional", "rshared")]


@pytest.mark.parametrize(("written", "propagation"), PROPAGATIONS)
def test_mounts_of_the_node_are_propagated_when_asked(written: str, propagation: str) -> None:
    extra = f", mountPropagation: {written}" if written else ""
    container = f"volumeMounts: [{{name: data, mountPath: /data{extra}}}]"
    mount, _ = of_container("volumes: [{name: data, hostPath: {path: /srv}}]", container).mounts
    assert mount.propagation == propagation


def test_a_mount_path_without_a_root_is_taken_from_it() -> None:
    container = "volumeMounts: [{name: data, mountPath: srv/data}]"
    mounts = of_container("volumes: [{name: data, hostPath: {path: /srv}}]", container).mounts
    assert "/srv/data" in {mount.target for mount in mounts}
