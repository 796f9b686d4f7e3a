"""Everything of an instance is taken away in one way only, and that one asks."""

import os
import pty
import subprocess
from pathlib import Path

import pytest

from gitpod_sync.model.base import labels
from tests.e2e.manifests import deployment
from tests.e2e.stage import Stage

pytestmark = pytest.mark.docker

CLAIM = """\
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data, annotations: {gitpod-sync.io/delete-volume: "true"}}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Mi}}}
---
apiVersion: v1
kind: Pod
metadata: {name: db}
spec:
  terminationGracePeriodSeconds: 5
  volumes: [{name: data, persistentVolumeClaim: {claimName: data}}, {name: own, emptyDir: {}}]
  containers:
  - name: main
    image: IMAGE
    command: [/bin/sh, -c, "trap 'echo ended > /data/end; exit' TERM; while :; do sleep 0.1; done"]
    volumeMounts: [{name: data, mountPath: /data}, {name: own, mountPath: /own}]
"""


def volumes(stage: Stage) -> list[str]:
    found = stage.client.volumes(filters={"label": f"{labels.INSTANCE}={stage.instance}"})["Volumes"] or []
    return [each["Name"] for each in found]


def answered(stage: Stage, answer: str, *arguments: str) -> tuple[int, str]:
    """What a command ends with that somebody types an answer to at a terminal, and what it says."""
    ours, theirs = pty.openpty()
    try:
        process = subprocess.Popen(
            stage.command(*arguments), stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        os.write(ours, f"{answer}\n".encode())
        said, _ = process.communicate(timeout=60)
    finally:
        os.close(ours)
        os.close(theirs)
    return process.returncode, said


def test_down_takes_everything_away_but_claims_and_says_so_before(stage: Stage) -> None:
    stage.push({"web.yaml": deployment(replicas=2), "db.yaml": CLAIM})
    claim = f"{stage.instance}_claim_default_data"
    with stage.daemon():
        stage.wait_settled()
        refused = stage.run("down", "--yes")
        assert refused.returncode == 1
        assert "already acts for instance" in refused.stderr
        assert len(stage.running()) == 3
    unanswered = stage.run("down")
    assert unanswered.returncode == 1
    assert "give --yes" in unanswered.stderr
    for line in ("Deployment default/web: 2 pods", "Pod default/db: 1 pod", f"network {stage.instance}-pods"):
        assert line in unanswered.stderr
    goes, stays = unanswered.stderr.split("this stays:")
    assert claim in stays
    assert claim not in goes
    status, said = answered(stage, "n", "down")
    assert (status, len(stage.running())) == (1, 3), said
    status, said = answered(stage, "y", "down")
    assert status == 0, said
    assert not stage.seen()
    assert not stage.client.networks(filters={"label": f"{labels.INSTANCE}={stage.instance}"})
    # Its claim had said that its volume goes with it; that was for Git to decide, and Git still asks for it.
    assert volumes(stage) == [claim]
    kept = stage.client.inspect_volume(claim)["Mountpoint"]
    if Path(kept).exists():
        assert Path(kept, "end").read_text() == "ended\n"  # with grace
    gone = stage.run("down", "--yes", "--delete-claims")
    assert gone.returncode == 0, gone.stderr
    assert f"{claim}, with what it holds" in gone.stderr
    assert not volumes(stage)
    again = stage.run("down")
    assert (again.returncode, "nothing is there" in again.stderr) == (0, True)
    # Nothing is in force any more: what Git asks for comes again, and an empty source would be no surprise.
    stage.sync()
    assert len(stage.running("web")) == 2


def test_what_somebody_else_uses_is_told_and_not_called_gone(stage: Stage) -> None:
    stage.push({"web.yaml": deployment(replicas=1)})
    stage.sync()
    foreign = stage.client.create_container(stage.image, ["/bin/sleep", "1000"])
    try:
        stage.client.connect_container_to_network(foreign["Id"], f"{stage.instance}-pods")
        stage.client.start(foreign["Id"])
        done = stage.run("down", "--yes", "--timeout", "3")
        assert done.returncode == 1
        assert f"{stage.instance}-pods" in done.stderr
        assert not stage.seen()
    finally:
        stage.client.remove_container(foreign["Id"], force=True)
