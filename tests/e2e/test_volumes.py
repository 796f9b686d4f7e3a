"""Volumes of a pod: who owns what is in them, and parts of them."""

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


def test_a_link_out_of_the_volume_is_not_followed(stage: Stage) -> None:
    stage.push({"app.yaml": POD, "settings.yaml": SETTINGS})
    with stage.daemon():
        eventually(stage.settled)
        stage.inside("app", "mv /disk/a /disk/z && mkdir /disk/a && ln -s /etc /disk/a/b")
        stage.client.kill(stage.running("app")[0].id)
        eventually(lambda: "is a link" in stage.ask("diff"))
        assert stage.running("app") == []
