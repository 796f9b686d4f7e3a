"""Volumes of a pod: who owns what is in them, and parts of them."""

from pathlib import Path

import pytest

from tests.e2e.stage import Stage, eventually

pytestmark = pytest.mark.docker

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: app}
spec:
  terminationGracePeriodSeconds: 0
  securityContext: {runAsUser: 1000, runAsGroup: 1000, fsGroup: 2000}
  volumes:
  - {name: disk, emptyDir: {}}
  - {name: memory, emptyDir: {medium: Memory}}
  - {name: settings, configMap: {name: settings, defaultMode: 0400}}
  containers:
  - name: main
    image: IMAGE
    command: [/bin/sh, -c, "sleep 1000"]
    env: [{name: POD, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]
    volumeMounts:
    - {name: disk, mountPath: /disk}
    - {name: memory, mountPath: /memory}
    - {name: settings, mountPath: /settings}
    - {name: disk, mountPath: /part, subPath: a/b}
    - {name: disk, mountPath: /own, subPathExpr: of/$(POD)}
    - {name: memory, mountPath: /quick, subPath: c, readOnly: true}
    - {name: settings, mountPath: /etc/level, subPath: level}
"""
SETTINGS = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {level: high}\n"


def test_volumes_belong_to_the_group_of_the_pod_and_so_does_what_is_made_there(stage: Stage) -> None:
    stage.push({"app.yaml": POD, "settings.yaml": SETTINGS})
    stage.sync()
    assert "2000" in stage.inside("app", "id -G").split()
    assert stage.inside("app", "stat -c '%a %g' /disk /memory").splitlines() == ["2777 2000"] * 2
    assert stage.inside("app", "touch /disk/a /memory/a && stat -c %g /disk/a /memory/a").split() == ["2000"] * 2
    assert stage.inside("app", "cat /settings/level && stat -L -c '%a %g' /settings/level") == "high440 2000"
    stage.wait_settled()


def test_parts_of_volumes_are_mounted_and_made_when_missing(stage: Stage) -> None:
    stage.push({"app.yaml": POD, "settings.yaml": SETTINGS})
    with stage.daemon():
        eventually(stage.settled)
        stage.inside("app", "touch /part/x /own/y")
        assert stage.inside("app", "ls /disk/a/b /disk/of/app") == "/disk/a/b:\nx\n\n/disk/of/app:\ny"
        assert "Read-only" in stage.inside("app", "touch /quick/x 2>&1 || true")
        assert stage.inside("app", "cat /etc/level") == "high"
        stage.push({"settings.yaml": SETTINGS.replace("high", "low")})
        eventually(lambda: stage.inside("app", "cat /settings/level") == "low")
        assert stage.inside("app", "cat /etc/level") == "high"
        stage.client.kill(stage.running("app")[0].id)
        eventually(lambda: stage.running("app"))
        eventually(stage.settled)
        assert stage.inside("app", "cat /etc/level; ls /part /own") == "low/own:\ny\n\n/part:\nx"


WHOLE = "{name: disk, mountPath: /disk}"
LINKED = """\
apiVersion: v1
kind: Pod
metadata: {name: linked}
spec:
  terminationGracePeriodSeconds: 0
  volumes: [{name: disk, emptyDir: {}}, {name: node, hostPath: {path: NODE, type: Directory}}]
  initContainers:
  - name: prepare
    image: IMAGE
    command: [/bin/sh, -c, "mkdir -p releases/2 && ln -s releases/2 current && ln -s .. releases/2/up && ln -s /etc out
      && ln -s current/up/../.. above && ln -s later dangling && ln -s round round"]
    workingDir: /disk
    volumeMounts: [{name: disk, mountPath: /disk}]
  containers:
"""


def test_a_link_in_a_volume_is_followed_within_it(stage: Stage, tmp_path: Path) -> None:
    node = tmp_path / "node"
    (node / "v1").mkdir(parents=True)
    (node / "v1" / "file").write_text("of the node")
    (node / "now").symlink_to(node / "v1")
    parts = {"inside": "current/conf", "again": "current/up/2/up/own", "out": "out", "above": "above/x"}
    parts |= {"dangling": "dangling/x", "round": "round"}
    mounts = {name: f"{{name: disk, mountPath: /part, subPath: {part}}}" for name, part in parts.items()}
    mounts["node"] = "{name: node, mountPath: /part, subPath: now}"
    command = "[/bin/sleep, '1000']"
    containers = "".join(
        f"  - {{name: {name}, image: IMAGE, command: {command}, volumeMounts: [{mount}, {WHOLE}]}}\n"
        for name, mount in mounts.items()
    )
    stage.push({"linked.yaml": LINKED.replace("NODE", str(node)) + containers})
    why = {
        "out": "`out` in the volume is a link to `/etc`, which leads out of it",
        "above": "`above` in the volume is a link to `current/up/../..`, which leads out of it",
        "dangling": "`dangling` in the volume is a link to `later`, which is not there",
        "round": "`round` in the volume cannot be looked at: if it is a link, it leads to itself",
    }
    with stage.daemon():
        eventually(lambda: {each.container for each in stage.running("linked")} == {"inside", "again", "node"})
        eventually(lambda: all(words in stage.ask("diff") for words in why.values()))
        stage.inside("linked", "touch /part/seen", "inside")
        stage.inside("linked", "touch /part/seen", "again")
        found = stage.inside("linked", "cd /disk && ls releases/2/conf releases/own", "inside")
        assert found == "releases/2/conf:\nseen\n\nreleases/own:\nseen"
        assert stage.inside("linked", "cat /part/file", "node") == "of the node"


def test_a_link_out_of_the_volume_is_not_followed(stage: Stage) -> None:
    stage.push({"app.yaml": POD, "settings.yaml": SETTINGS})
    with stage.daemon():
        eventually(stage.settled)
        stage.inside("app", "mv /disk/a /disk/z && mkdir /disk/a && ln -s /etc /disk/a/b")
        stage.client.kill(stage.running("app")[0].id)
        eventually(lambda: "is a link to `/etc`, which leads out of it" in stage.ask("diff"))
        assert stage.running("app") == []
