"""What pods find when they are made from manifests as people write them: each behaviour is Kubernetes' own."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from docker.errors import APIError

from scripts.tiny_image import build_root_filesystem
from tests.e2e.small_pods import Fields, Small, expected_of, found_by
from tests.e2e.stage import Stage

pytestmark = pytest.mark.docker


def config(kind: str, name: str, **fields: object) -> Fields:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name}, **fields}


def env(*variables: Fields, **fields: object) -> Fields:
    return {"env": list(variables), **fields}


def plain(name: str, value: str) -> Fields:
    return {"name": name, "value": value}


def key_of(name: str, kind: str, config: str, key: str, **fields: object) -> Fields:
    return {"name": name, "valueFrom": {f"{kind}KeyRef": {"name": config, "key": key, **fields}}}


def field_of(name: str, path: str) -> Fields:
    return {"name": name, "valueFrom": {"fieldRef": {"fieldPath": path}}}


def amount_of(name: str, resource: str, divisor: str) -> Fields:
    return {"name": name, "valueFrom": {"resourceFieldRef": {"resource": resource, "divisor": divisor}}}


def mounted(volume: Fields, path: str = "/v", **fields: object) -> dict[str, Any]:
    """The fields of a pod and of its container that mount one volume."""
    return {
        "pod": {"volumes": [{"name": "v", **volume}]},
        "container": {"volumeMounts": [{"name": "v", "mountPath": path, **fields}]},
    }


SETTINGS = config("ConfigMap", "settings", data={"level": "high", "size": "3", "a.b": "dotted"})
OTHERS = config("ConfigMap", "others", data={"level": "low"})
LOGIN = config("Secret", "login", stringData={"user": "ada", "word": "x y"}, data={"user": "b2xk", "old": "b2xk"})
LIMITED = {"resources": {"limits": {"cpu": "1500m", "memory": "64Mi"}, "requests": {"cpu": "250m"}}}

ENVIRONMENT = {
    "a-value": Small("echo [$A]", "[one]", container=env(plain("A", "one"))),
    "an-empty-value": Small("echo ${A-unset}${B-unset}", "unset", container=env(plain("A", ""))),
    "a-value-of-lines": Small('printf "%s" "$A"', "one\n two", container=env(plain("A", "one\n two"))),
    "an-earlier-one": Small("echo $B", "one-two", container=env(plain("A", "one"), plain("B", "$(A)-two"))),
    "a-later-one": Small('echo "$A"', "$(B)", container=env(plain("A", "$(B)"), plain("B", "two"))),
    "an-escaped-one": Small('echo "$B"', "$(A)", container=env(plain("A", "one"), plain("B", "$$(A)"))),
    "twice-the-same": Small("echo $A", "two", container=env(plain("A", "one"), plain("A", "two"))),
    "in-words": Small(
        container=env(plain("A", "one"), command=["/bin/echo", "$(A)"], args=["$(B)", "$$(A)", "x$(A)x"]),
        prints="one $(B) $(A) xonex",
    ),
    "of-a-key": Small("echo $A", "high", container=env(key_of("A", "configMap", "settings", "level"))),
    "of-a-secret": Small('echo "$A"', "x y", container=env(key_of("A", "secret", "login", "word"))),
    "of-no-key": Small(
        "echo ${A-unset}", "unset", container=env(key_of("A", "configMap", "settings", "none", optional=True))
    ),
    "of-nothing": Small(
        "echo ${A-unset}", "unset", container=env(key_of("A", "secret", "none", "none", optional=True))
    ),
    "from-all": Small("echo $level $size", "high 3", container={"envFrom": [{"configMapRef": {"name": "settings"}}]}),
    "with-a-prefix": Small(
        "echo ${level-unset} $S_level",
        "unset high",
        container={"envFrom": [{"prefix": "S_", "configMapRef": {"name": "settings"}}]},
    ),
    "with-a-dot": Small(
        "tr '\\0' '\\n' < /proc/1/environ | grep dotted",
        "a.b=dotted",
        container={"envFrom": [{"configMapRef": {"name": "settings"}}]},
    ),
    "from-a-secret": Small("echo $user $old", "ada old", container={"envFrom": [{"secretRef": {"name": "login"}}]}),
    "from-nothing": Small("echo fine", "fine", container={"envFrom": [{"secretRef": {"name": "x", "optional": True}}]}),
    "the-last-source": Small(
        "echo $level",
        "low",
        container={"envFrom": [{"configMapRef": {"name": "settings"}}, {"configMapRef": {"name": "others"}}]},
    ),
    "env-over-sources": Small(
        "echo $level $B",
        "own own-3",
        container=env(
            plain("level", "own"), plain("B", "$(level)-$(size)"), envFrom=[{"configMapRef": {"name": "settings"}}]
        ),
    ),
    "of-itself": Small(
        'echo "$A $B $C $D"',
        "of-itself default yes sure",
        metadata={"labels": {"app.x/y": "yes"}, "annotations": {"note": "sure"}},
        container=env(
            field_of("A", "metadata.name"),
            field_of("B", "metadata.namespace"),
            field_of("C", "metadata.labels['app.x/y']"),
            field_of("D", "metadata.annotations['note']"),
        ),
    ),
    "its-address": Small(
        "[ $A = $(hostname -i) ] && [ $A = $B ] && echo same",
        "same",
        container=env(field_of("A", "status.podIP"), field_of("B", "status.podIPs")),
    ),
    "its-amounts": Small(
        "echo $A $B $C $D",
        "64 2 250 67108864",
        container=env(
            amount_of("A", "limits.memory", "1Mi"),
            amount_of("B", "limits.cpu", "1"),
            amount_of("C", "requests.cpu", "1m"),
            amount_of("D", "requests.memory", "1"),
            **LIMITED,
        ),
    ),
    "its-host-name": Small("echo $HOSTNAME $(hostname)", "its-host-name its-host-name"),
    "no-service-links": Small("env | grep -c KUBERNETES || true", "0"),
}


def test_variables(stage: Stage) -> None:
    assert found_by(stage, ENVIRONMENT, [SETTINGS, OTHERS, LOGIN]) == expected_of(ENVIRONMENT)


ITEMS = [{"key": "level", "path": "deep/down", "mode": 0o400}, {"key": "size", "path": "size"}]
LABELS = {"path": "labels", "fieldRef": {"fieldPath": "metadata.labels"}}
BINARY = config("ConfigMap", "binary", binaryData={"bytes": "AAEC/w=="}, data={"text": "t"})

FILES = {
    "all-keys": Small("cd /v; ls; cat level", "a.b\nlevel\nsize\nhigh", **mounted({"configMap": {"name": "settings"}})),
    "chosen-keys": Small(
        "cd /v; find . -type l -not -name '..*' | sort; cat deep/down; stat -Lc '%a' deep/down size",
        "./deep\n./size\nhigh400\n644",
        **mounted({"configMap": {"name": "settings", "items": ITEMS}}),
    ),
    "a-default-mode": Small(
        "stat -Lc '%a' /v/*", "440\n440\n440", **mounted({"configMap": {"name": "settings", "defaultMode": 0o440}})
    ),
    "no-such-map": Small(
        "ls -A /v | grep -v '^[.][.]'; echo fine", "fine", **mounted({"configMap": {"name": "none", "optional": True}})
    ),
    "no-such-key": Small(
        "ls /v",
        "size",
        **mounted(
            {"configMap": {"name": "settings", "optional": True, "items": [{"key": "none", "path": "none"}, ITEMS[1]]}}
        ),
    ),
    "bytes": Small("od -An -tx1 /v/bytes; cat /v/text", "00 01 02 ff\nt", **mounted({"configMap": {"name": "binary"}})),
    "one-file": Small(
        "cat /etc/level; ls -d /etc/passwd",
        "high/etc/passwd",
        **mounted({"configMap": {"name": "settings"}}, "/etc/level", subPath="level"),
    ),
    "not-for-writing": Small(
        "touch /v/x 2>&1 | grep -o Read-only", "Read-only", **mounted({"configMap": {"name": "settings"}})
    ),
    "a-secret": Small(
        "cat /v/user; stat -fc %T /v; stat -Lc %a /v/user",
        "adatmpfs\n400",
        **mounted({"secret": {"secretName": "login", "defaultMode": 0o400}}),
    ),
    "of-its-labels": Small(
        "cat /v/labels",
        'app="files"\ntier="a"',
        metadata={"labels": {"tier": "a", "app": "files"}},
        **mounted({"downwardAPI": {"items": [LABELS]}}),
    ),
    "of-several": Small(
        "cd /v; cat level old labels",
        'higholdapp="x"',
        metadata={"labels": {"app": "x"}},
        **mounted(
            {
                "projected": {
                    "sources": [
                        {"configMap": {"name": "settings"}},
                        {"secret": {"name": "login", "items": [{"key": "old", "path": "old"}]}},
                        {"downwardAPI": {"items": [LABELS]}},
                    ]
                }
            }
        ),
    ),
    "scratch": Small("touch /v/x; stat -c '%a %u' /v; ls /v", "777 0\nx", **mounted({"emptyDir": {}})),
    "scratch-of-another-user": Small(
        "touch /v/x; stat -c %u /v/x",
        "1000",
        pod={"volumes": [{"name": "v", "emptyDir": {}}], "securityContext": {"runAsUser": 1000}},
        container={"volumeMounts": [{"name": "v", "mountPath": "/v"}]},
    ),
    "scratch-over-files": Small(
        "cat /etc/release 2>&1 | grep -o No.*", "No such file or directory", **mounted({"emptyDir": {}}, "/etc")
    ),
    "in-memory": Small(
        "stat -fc %T /v; df -k /v | tail -1 | awk '{print $2}'",
        "tmpfs\n1024",
        **mounted({"emptyDir": {"medium": "Memory", "sizeLimit": "1Mi"}}),
    ),
    "in-memory-of-a-limited-pod": Small(
        "df -k /v | tail -1 | awk '{print $2}'",
        "32768",
        pod={"volumes": [{"name": "v", "emptyDir": {"medium": "Memory", "sizeLimit": "64Mi"}}]},
        container={
            "resources": {"limits": {"memory": "32Mi"}},
            "volumeMounts": [{"name": "v", "mountPath": "/v"}],
        },
    ),
    "full-memory": Small(
        "dd if=/dev/zero of=/v/x bs=1k count=2000 2>&1 | grep -o 'No space left on device'",
        "No space left on device",
        **mounted({"emptyDir": {"medium": "Memory", "sizeLimit": "1Mi"}}),
    ),
    "only-for-reading": Small(
        "touch /v/x 2>&1 | grep -o Read-only", "Read-only", **mounted({"emptyDir": {}}, readOnly=True)
    ),
    "a-part-by-name": Small(
        "touch /v/x; mkdir /all; ls /own",
        "x",
        pod={"volumes": [{"name": "v", "emptyDir": {}}]},
        container={
            "env": [field_of("POD", "metadata.name")],
            "volumeMounts": [
                {"name": "v", "mountPath": "/v", "subPathExpr": "of/$(POD)"},
                {"name": "v", "mountPath": "/own", "subPath": "of/a-part-by-name"},
            ],
        },
    ),
    "a-part-in-dollars": Small(
        "ls /v",
        "$(POD)",
        pod={"volumes": [{"name": "v", "emptyDir": {}}]},
        container={
            "volumeMounts": [
                {"name": "v", "mountPath": "/v"},
                {"name": "v", "mountPath": "/own", "subPathExpr": "$$(POD)"},
            ],
        },
    ),
    "scratch-over-a-folder-of-files": Small(
        "touch /v/of/x; ls -A /v/of; cat /v/level; test -L /v/of || echo ' folder'",
        "x\nhigh folder",
        pod={
            "volumes": [
                {
                    "name": "v",
                    "configMap": {
                        "name": "settings",
                        "items": [{"key": "level", "path": "level"}, {"key": "size", "path": "of/size"}],
                    },
                },
                {"name": "w", "emptyDir": {}},
            ],
        },
        container={
            "volumeMounts": [
                {"name": "v", "mountPath": "/v"},
                {"name": "w", "mountPath": "/v/of"},
            ],
        },
    ),
    "scratch-over-a-file": Small(
        "touch /v/size/x /v/in/it/x; ls -A /v/size /v/in/it; cat /v/level",
        "/v/in/it:\nx\n\n/v/size:\nx\nhigh",
        pod={
            "volumes": [
                {
                    "name": "v",
                    "configMap": {
                        "name": "settings",
                        "items": [
                            {"key": "level", "path": "level"},
                            {"key": "size", "path": "size"},
                            {"key": "size", "path": "in/it"},
                        ],
                    },
                },
                {"name": "w", "emptyDir": {}},
            ],
        },
        container={
            "volumeMounts": [
                {"name": "v", "mountPath": "/v"},
                {"name": "w", "mountPath": "/v/size"},
                {"name": "w", "mountPath": "/v/in/it"},
            ],
        },
    ),
    "scratch-within-files": Small(
        "touch /v/of/it/x; cat /v/level; ls -A /v/of/it; ls /v",
        "highx\na.b\nlevel\nof\nsize",
        pod={"volumes": [{"name": "v", "configMap": {"name": "settings"}}, {"name": "w", "emptyDir": {}}]},
        container={
            "volumeMounts": [
                {"name": "w", "mountPath": "/v/of/it"},
                {"name": "v", "mountPath": "/v"},
            ],
        },
    ),
    "from-its-init": Small(
        "cat /v/x",
        "first\nsecond",
        pod={
            "volumes": [{"name": "v", "emptyDir": {}}],
            "initContainers": [
                {
                    "name": name,
                    "image": "IMAGE",
                    "command": ["/bin/sh", "-c", f"echo {name} >> /v/x"],
                    "volumeMounts": [{"name": "v", "mountPath": "/v"}],
                }
                for name in ("first", "second")
            ],
        },
        container={"volumeMounts": [{"name": "v", "mountPath": "/v"}]},
    ),
    "of-its-group": Small(
        "stat -c '%a %g' /v; stat -Lc '%a %g' /c/level; id -G",
        "2777 2000\n640 2000\n0 2000",
        pod={
            "securityContext": {"fsGroup": 2000},
            "volumes": [
                {"name": "v", "emptyDir": {}},
                {"name": "c", "configMap": {"name": "settings", "defaultMode": 0o600}},
            ],
        },
        container={"volumeMounts": [{"name": "v", "mountPath": "/v"}, {"name": "c", "mountPath": "/c"}]},
    ),
    "made-below": Small("touch /v/new/x; ls /v/new", "x", **mounted({"hostPath": {"path": "NODE/made"}}, "/v/new")),
    "a-file-of-the-node": Small(
        "cat /v", "on the node", **mounted({"hostPath": {"path": "NODE/file", "type": "File"}})
    ),
    "a-part-of-the-node": Small(
        "ls /v", "inner", **mounted({"hostPath": {"path": "NODE", "type": "Directory"}}, subPath="part")
    ),
    "the-node-read-only": Small(
        "touch /v/x 2>&1 | grep -o Read-only", "Read-only", **mounted({"hostPath": {"path": "NODE"}}, readOnly=True)
    ),
}


def on_node(small: Small, node: Path) -> Small:
    """With the folder of the node that stands for NODE."""
    volumes = [
        {**each, "hostPath": {**each["hostPath"], "path": each["hostPath"]["path"].replace("NODE", str(node))}}
        if "hostPath" in each
        else each
        for each in small.pod.get("volumes", ())
    ]
    return Small(small.script, small.prints, {**small.pod, "volumes": volumes}, small.container, small.metadata)


def test_files(stage: Stage) -> None:
    node = stage.root / "node"
    (node / "part" / "inner").mkdir(parents=True)
    (node / "file").write_text("on the node")
    pods = {name: on_node(small, node) for name, small in FILES.items()}
    assert found_by(stage, pods, [SETTINGS, LOGIN, BINARY]) == expected_of(pods)


def context(**fields: object) -> Fields:
    return {"securityContext": fields}


STATUS = "grep ^{}: /proc/self/status | cut -f2"
RIGHTS = {
    "of-the-pod": Small(
        "id -u; id -g; id -G",
        "1000\n2000\n2000 3000",
        pod=context(runAsUser=1000, runAsGroup=2000, supplementalGroups=[3000]),
    ),
    "of-the-container": Small(
        "id -u; id -g", "1001\n2000", pod=context(runAsUser=1000, runAsGroup=2000), container=context(runAsUser=1001)
    ),
    "a-user-alone": Small("id -u; id -g", "65534\n65534", pod=context(runAsUser=65534)),
    "an-unknown-user": Small("id -u; id -g", "4242\n0", pod=context(runAsUser=4242)),
    "no-root": Small("id -u", "1000", pod=context(runAsNonRoot=True), container=context(runAsUser=1000)),
    "a-read-only-root": Small(
        "touch /x 2>&1 | grep -o Read-only; touch /dev/shm/x && echo shm",
        "Read-only\nshm",
        container=context(readOnlyRootFilesystem=True),
    ),
    "without-rights": Small(
        STATUS.format("CapEff"), "0000000000000000", container=context(capabilities={"drop": ["ALL"]})
    ),
    "one-right": Small(
        STATUS.format("CapEff"),
        "0000000000000400",
        container=context(capabilities={"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]}),
    ),
    "one-right-less": Small(
        "chown 1 /tmp 2>&1 | grep -o 'not permitted'",
        "not permitted",
        container=context(capabilities={"drop": ["CHOWN"]}),
    ),
    "no-new-rights": Small(STATUS.format("NoNewPrivs"), "1", container=context(allowPrivilegeEscalation=False)),
    "new-rights": Small(STATUS.format("NoNewPrivs"), "0"),
    "filtered": Small(STATUS.format("Seccomp"), "2", pod=context(seccompProfile={"type": "RuntimeDefault"})),
    "unfiltered": Small(STATUS.format("Seccomp"), "0", container=context(seccompProfile={"type": "Unconfined"})),
    "kernel-parameters": Small(
        "cd /proc/sys; cat net/ipv4/ip_unprivileged_port_start net/core/somaxconn kernel/shm_rmid_forced",
        "80\n1234\n1",
        pod=context(
            sysctls=[
                {"name": "net.ipv4.ip_unprivileged_port_start", "value": "80"},
                {"name": "net/core/somaxconn", "value": "1234"},
                {"name": "kernel.shm_rmid_forced", "value": "1"},
            ]
        ),
    ),
    "a-host-name": Small("hostname; hostname -f", "other\nother", pod={"hostname": "other"}),
    "a-full-name": Small(
        "hostname; hostname -f", "db\ndb.data.default.svc.cluster.local", pod={"hostname": "db", "subdomain": "data"}
    ),
    "further-hosts": Small(
        "grep -w one /etc/hosts | tr '\t' ' '",
        "10.1.2.3 one",
        pod={"hostAliases": [{"ip": "10.1.2.3", "hostnames": ["one"]}]},
    ),
    "its-own-resolver": Small(
        "grep '^[os]' /etc/resolv.conf | sort",
        "options ndots:2 edns0\nsearch a.example b.example",
        pod={
            "dnsPolicy": "None",
            "dnsConfig": {
                "nameservers": ["192.0.2.7"],
                "searches": ["a.example", "b.example"],
                "options": [{"name": "ndots", "value": "2"}, {"name": "edns0"}],
            },
        },
    ),
    "the-nodes-network": Small("[ $(hostname) = NODE ] && echo same", "same", pod={"hostNetwork": True}),
    "one-of-its-own": Small("echo $$$$", "1"),
    "one-for-all": Small("[ $$$$ != 1 ] && ps | grep -c '[/]sandbox'", "1", pod={"shareProcessNamespace": True}),
    "a-deadline": Small("sleep 60", "", pod={"activeDeadlineSeconds": 2}, exits=137),
    "limited": Small(
        "cd /sys/fs/cgroup; cat memory/memory.limit_in_bytes cpu/cpu.cfs_quota_us cpu/cpu.shares",
        "67108864\n150000\n256",
        container=LIMITED,
    ),
    "requested": Small(
        "cat /sys/fs/cgroup/cpu/cpu.shares", "102", container={"resources": {"requests": {"cpu": "100m"}}}
    ),
    "neither": Small("cat /sys/fs/cgroup/cpu/cpu.shares", "2"),
    "too-much-memory": Small(
        "exec dd if=/dev/zero of=/dev/null bs=100M count=1",
        "",
        exits=137,
        container={"resources": {"limits": {"memory": "8Mi"}}},
    ),
    "a-bad-end": Small("exit 3", exits=3),
    "not-there": Small(container={"command": ["/no/such/program"]}, exits=127),
    "no-program": Small(container={"command": ["/etc/passwd"]}, exits=126),
    "a-folder-to-work-in": Small("pwd", "/not/there", container={"workingDir": "/not/there"}),
}


def test_rights_names_and_limits(stage: Stage) -> None:
    if not Path("/sys/fs/cgroup/memory").exists():
        pytest.skip("the paths of limits are those of cgroups of the first version")
    node = str(stage.client.info()["Name"])
    pods = {
        name: Small(small.script.replace("NODE", node), small.prints, small.pod, small.container, exits=small.exits)
        for name, small in RIGHTS.items()
    }
    assert found_by(stage, pods) == expected_of(pods)


@pytest.fixture
def speaking(stage: Stage) -> Iterator[str]:
    """An image with words, a user, a folder and a variable of its own."""
    reference = f"gitpod-sync-test/speaking:{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    repository, _, tag = reference.rpartition(":")
    changes = [
        "ENV PATH=/bin",
        "ENV A=image",
        'ENTRYPOINT ["/bin/echo", "entry"]',
        'CMD ["cmd"]',
        "USER 1000",
        "WORKDIR /tmp",
    ]
    stage.client.import_image_from_data(
        build_root_filesystem(reference), repository=repository, tag=tag, changes=changes
    )
    yield reference
    stage.leave_nothing()
    with contextlib.suppress(APIError):
        stage.client.remove_image(reference)


def words(**fields: object) -> Fields:
    return {"imagePullPolicy": "Never", **fields}


SHELL = ["/bin/sh", "-c"]
SPOKEN = {
    "nothing-said": Small(prints="entry cmd", container=words()),
    "arguments": Small(prints="entry a b", container=words(args=["a", "b"])),
    "no-arguments": Small(prints="entry cmd", container=words(args=[])),
    "a-command": Small(prints="", container=words(command=["/bin/echo"])),
    "both": Small(prints="a b", container=words(command=["/bin/echo", "a"], args=["b"])),
    "its-user-and-folder": Small(prints="1000 /tmp", container=words(command=[*SHELL, "echo $(id -u) $(pwd)"])),
    "another-folder": Small(prints="/etc", container=words(command=["/bin/pwd"], workingDir="/etc/")),
    "another-user": Small(
        prints="7", pod=context(runAsNonRoot=True), container=words(command=["/bin/id", "-u"], **context(runAsUser=7))
    ),
    "no-root-by-itself": Small(
        prints="1000", pod=context(runAsNonRoot=True), container=words(command=["/bin/id", "-u"])
    ),
    "its-variable": Small(prints="image", container=words(command=[*SHELL, "echo $A"])),
    "another-value": Small(prints="own", container=words(command=[*SHELL, "echo $A"], env=[plain("A", "own")])),
    "not-its-variables": Small(prints="$(A)", container=words(command=["/bin/echo", "$(A)"])),
}


def test_what_an_image_says_holds_until_the_manifest_says_otherwise(stage: Stage, speaking: str) -> None:
    pods = {
        name: Small("", small.prints, small.pod, {"image": speaking, **small.container})
        for name, small in SPOKEN.items()
    }
    assert found_by(stage, pods) == expected_of(pods)
