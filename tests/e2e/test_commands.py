"""The commands as a person uses them."""

import json
import re

import pytest

from tests.e2e.manifests import classic_pod, deployment
from tests.e2e.stage import Stage, eventually

pytestmark = pytest.mark.docker


def test_diff_tells_what_sync_then_does(stage: Stage) -> None:
    stage.push({"web.yaml": deployment(replicas=2), "classic.yaml": classic_pod()})
    planned = stage.run("diff")
    assert planned.returncode == 2, planned.stderr
    assert "+ Deployment default/web" in planned.stdout
    done = stage.run("sync")
    assert done.returncode == 0, done.stdout + done.stderr
    told = re.findall(r"^#\d+ +(?:\[[\d,]+\] +)?(\S+) +(.+?)  +\S", planned.stdout, flags=re.MULTILINE)
    begun = re.findall(r"^([a-z]+-[a-z-]+) (.+?): ", done.stdout, flags=re.MULTILINE)
    assert [operation for operation, _ in told].count("create-container") == 3 + 2 + 2
    assert sorted(begun) == sorted(told)
    in_sync = stage.run("diff")
    assert (in_sync.returncode, in_sync.stdout[:12]) == (0, "in sync with")


def test_diff_shows_fields_and_speaks_json(stage: Stage) -> None:
    stage.push({"web.yaml": deployment(replicas=2)})
    assert stage.run("sync").returncode == 0
    stage.push({"web.yaml": deployment(replicas=2, version="2")})
    text = stage.run("diff")
    assert text.returncode == 2
    assert '    spec.template.spec.containers[main].env[VERSION].value: "1" → "2"' in text.stdout.splitlines()
    report = json.loads(stage.run("diff", "--output", "json").stdout)
    assert [change["name"] for change in report["changes"]] == ["web"]
    assert report["operations"][0]["operation"] == "create-container"


def test_pods_that_a_replicaset_keeps_are_noted_and_no_change(stage: Stage) -> None:
    manifest = """\
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: kept}
spec:
  selector: {matchLabels: {app: kept}}
  template:
    metadata: {labels: {app: kept}}
    spec:
      terminationGracePeriodSeconds: 0
      containers: [{name: main, image: IMAGE, command: [/bin/sleep, "1000"]}]
"""
    stage.push({"kept.yaml": manifest})
    assert stage.run("sync").returncode == 0
    stage.push({"kept.yaml": manifest.replace("1000", "2000")})
    assert stage.run("sync").returncode == 0
    told = stage.run("diff")
    assert told.returncode == 0
    assert "= ReplicaSet default/kept" in told.stdout
    assert "the pods that are there stay" in told.stdout


def test_sync_says_why_it_did_not_get_there(stage: Stage) -> None:
    stage.push({"web.yaml": deployment(replicas=1).replace("IMAGE", "localhost:1/absent:1")})
    done = stage.run("sync", "--timeout", "3")
    assert done.returncode == 1
    assert "ErrImagePull" in done.stderr
    assert "localhost:1/absent:1" in done.stderr
    assert "Traceback" not in done.stderr


def test_what_cannot_be_done_now_is_not_in_sync(stage: Stage) -> None:
    stage.push(
        {"web.yaml": deployment(replicas=1).replace("IMAGE", "localhost:1/absent:1\n        imagePullPolicy: Never")}
    )
    assert stage.run("sync", "--timeout", "2").returncode == 1
    done = stage.run("diff")
    assert done.returncode == 2
    assert "ErrImageNeverPull" in done.stdout


def test_get_knows_what_sync_has_converged_on(stage: Stage) -> None:
    stage.push({"web.yaml": deployment(replicas=2)})
    assert stage.run("sync").returncode == 0
    stage.push({"web.yaml": deployment(replicas=1)})
    assert stage.run("sync").returncode == 0
    stage.push({"web.yaml": "kind: Deployment"})
    (item,) = json.loads(stage.run("get", "deployments", "-o", "json").stdout)["items"]
    assert item["spec"]["replicas"] == 1
    assert "restartPolicy: Always" not in stage.run("get", "pods", "-o", "yaml").stdout


def test_get_has_the_columns_of_kubectl(stage: Stage) -> None:
    stage.push({"web.yaml": deployment(replicas=2)})
    assert stage.run("sync").returncode == 0
    header, *pods = stage.run("get", "pods").stdout.splitlines()
    assert header.split() == ["NAME", "READY", "STATUS", "RESTARTS", "AGE"]
    assert [line.split()[1:4] for line in pods] == [["1/1", "Running", "0"]] * 2
    lines = stage.run("get", "deployments").stdout.splitlines()
    assert lines[0].split() == ["NAME", "READY", "UP-TO-DATE", "AVAILABLE", "AGE"]
    assert lines[1].split()[:4] == ["web", "2/2", "2", "2"]
    assert "deployment.apps/web" in stage.run("get", "all").stdout
    listed = json.loads(stage.run("get", "pods", "-o", "json").stdout)["items"]
    assert [pod["status"]["phase"] for pod in listed] == ["Running", "Running"]


def test_a_crashing_container_backs_off_and_says_so(stage: Stage) -> None:
    stage.push({"web.yaml": deployment(replicas=1, command="exit 3")})
    with stage.daemon():
        eventually(lambda: "CrashLoopBackOff" in stage.run("get", "pods").stdout, what="CrashLoopBackOff")
        # The first crash restarts at once, the second one waits: two attempts in the first ten seconds.
        assert sorted(each.name[-1] for each in stage.seen() if each.container) == ["0", "1"]


def test_two_processes_do_not_act_for_one_instance(stage: Stage) -> None:
    stage.push({"web.yaml": deployment(replicas=1)})
    with stage.daemon() as process:
        eventually(lambda: stage.running("web"))
        refused = stage.run("sync")
        assert refused.returncode == 1
        assert str(process.pid) in refused.stderr
