"""Claims outlive the pods that mount them."""

import pytest

from tests.e2e.stage import Stage, eventually

pytestmark = pytest.mark.docker

CLAIM = """\
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data, annotations: {ANNOTATION}}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Mi}}}
"""
POD = """\
apiVersion: v1
kind: Pod
metadata: {name: db}
spec:
  terminationGracePeriodSeconds: 0
  volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]
  containers:
  - name: main
    image: IMAGE
    command: [/bin/sh, -c, "sleep 1000"]
    securityContext: {runAsUser: 1000}
    volumeMounts: [{name: data, mountPath: /data}]
"""
GOES = CLAIM.replace("ANNOTATION", 'gitpod-sync.io/delete-volume: "true"')
STAYS = CLAIM.replace("ANNOTATION", "")


def volumes(stage: Stage) -> list[str]:
    return [each["Name"] for each in stage.volumes()]


def test_what_a_pod_wrote_into_a_claim_is_there_for_its_successor_and_after_the_claim(stage: Stage) -> None:
    stage.push({"pod.yaml": POD, "claim.yaml": STAYS})
    with stage.daemon(flags=["--allow-empty"]):
        eventually(stage.settled)
        stage.inside("db", "echo kept > /data/a")
        stage.push({"pod.yaml": POD.replace("sleep 1000", "sleep 2000")})
        eventually(lambda: "sleep 2000" in stage.ask("get", "pods", "-o", "yaml") and stage.settled())
        assert stage.inside("db", "cat /data/a") == "kept"
        stage.push({"pod.yaml": None, "claim.yaml": None, "other.yaml": STAYS.replace("name: data", "name: other")})
        eventually(lambda: not stage.seen() and stage.settled())
    assert volumes(stage) == [f"{stage.instance}_claim_default_data"]


def test_a_claim_that_says_so_takes_its_volume_along(stage: Stage) -> None:
    stage.push({"pod.yaml": POD, "claim.yaml": GOES})
    with stage.daemon(flags=["--allow-empty"]):
        eventually(stage.settled)
        stage.push({"pod.yaml": None, "claim.yaml": None, "other.yaml": STAYS.replace("name: data", "name: other")})
        eventually(lambda: not volumes(stage))


def test_files_of_a_claim_are_given_to_the_group_of_the_next_pod(stage: Stage) -> None:
    stage.push({"pod.yaml": POD, "claim.yaml": STAYS})
    stage.sync()
    stage.inside("db", "umask 077 && mkdir -p /data/a/b && touch /data/a/b/c")
    other = "securityContext: {runAsUser: 2000, runAsGroup: 2000}"
    grouped = POD.replace("securityContext: {runAsUser: 1000}", other).replace(
        "spec:\n", "spec:\n  securityContext: {fsGroup: 3000}\n"
    )
    stage.push({"pod.yaml": grouped})
    stage.sync()
    assert stage.inside("db", "stat -c '%a %u %g' /data/a/b /data/a/b/c") == "2770 1000 3000\n660 1000 3000"
    stage.wait_settled()
