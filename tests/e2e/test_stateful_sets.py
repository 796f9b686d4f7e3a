"""StatefulSets on a real engine: order, claims that keep their data, partitions, and broken versions that give way."""

import json

import pytest

from gitpod_sync.model.base import labels
from tests.e2e.manifests import RUN
from tests.e2e.stage import Stage, eventually

pytestmark = pytest.mark.docker


def stateful_set(
    *, replicas: int = 3, version: str = "1", fields: str = "", ready: str = "[ -e /data/start ]", command: str = RUN
) -> str:
    """A set whose pods note their starts in their claims; `ready` is the script of the readiness probe."""
    begin = "echo $HOSTNAME $VERSION >> /data/start"
    return f"""\
apiVersion: apps/v1
kind: StatefulSet
metadata: {{name: db}}
spec:
  replicas: {replicas}
  selector: {{matchLabels: {{app: db}}}}
  {fields}
  volumeClaimTemplates:
  - metadata: {{name: data}}
    spec: {{accessModes: [ReadWriteOnce], resources: {{requests: {{storage: 1Mi}}}}}}
  template:
    metadata: {{labels: {{app: db}}}}
    spec:
      terminationGracePeriodSeconds: 5
      containers:
      - name: main
        image: IMAGE
        command: [/bin/sh, -c, "{begin}; {command}"]
        env: [{{name: VERSION, value: "{version}"}}]
        volumeMounts: [{{name: data, mountPath: /data}}]
        readinessProbe: {{exec: {{command: [/bin/sh, -c, "{ready}"]}}, periodSeconds: 1, timeoutSeconds: 10}}
"""


def rolling(fields: str) -> str:
    return f"updateStrategy: {{rollingUpdate: {{{fields}}}}}"


def versions(stage: Stage) -> dict[str, str]:
    """The version that each running pod of the set has in its environment."""
    found = {}
    for each in stage.running("db-", "main"):
        environment = stage.client.inspect_container(each.id)["Config"]["Env"]
        (found[each.pod.removeprefix("default/")],) = (
            env.removeprefix("VERSION=") for env in environment if env.startswith("VERSION=")
        )
    return found


def runs(stage: Stage) -> set[str]:
    """The ids of the containers of the set that run."""
    return {each.id for each in stage.running("db-", "main")}


def claims(stage: Stage) -> list[str]:
    return sorted(each["Name"].rpartition("_")[2] for each in stage.volumes() if labels.CLAIM in each["Labels"])


def created(stage: Stage) -> list[str]:
    """The names of the set's pods in the order in which their sandboxes were made."""
    made = {
        stage.client.inspect_container(each.id)["Created"]: each.pod.removeprefix("default/")
        for each in stage.sandboxes()
    }
    return [made[at] for at in sorted(made)]


def test_pods_come_in_order_and_their_claims_keep_what_they_wrote(stage: Stage) -> None:
    stage.push({"db.yaml": stateful_set()})
    with stage.daemon():
        eventually(lambda: len(stage.running("db-")) == 3)
        stage.wait_settled()
        assert created(stage) == ["db-0", "db-1", "db-2"]
        assert stage.inside("db-1", "hostname; cat /data/start") == "db-1\ndb-1 1"
        stage.push({"db.yaml": stateful_set(version="2")})
        eventually(lambda: set(versions(stage).values()) == {"2"} and len(versions(stage)) == 3)
        stage.wait_settled()
        assert created(stage) == ["db-2", "db-1", "db-0"]
        assert stage.inside("db-1", "cat /data/start") == "db-1 1\ndb-1 2"
        stage.push({"db.yaml": stateful_set(replicas=1, version="2")})
        eventually(lambda: list(versions(stage)) == ["db-0"] and stage.settled())
        assert claims(stage) == ["data-db-0", "data-db-1", "data-db-2"]
        stage.push({"db.yaml": stateful_set(replicas=2, version="2")})
        eventually(lambda: list(versions(stage)) == ["db-0", "db-1"] and stage.settled())
        assert stage.inside("db-1", "cat /data/start") == "db-1 1\ndb-1 2\ndb-1 2"


def test_below_the_partition_pods_keep_their_version_and_come_back_at_it(stage: Stage) -> None:
    stage.push({"db.yaml": stateful_set(fields=rolling("partition: 2"))})
    with stage.daemon():
        eventually(lambda: len(stage.running("db-")) == 3)
        stage.push({"db.yaml": stateful_set(version="2", fields=rolling("partition: 2"))})
        expected = {"db-0": "1", "db-1": "1", "db-2": "2"}
        eventually(lambda: versions(stage) == expected)
        stage.wait_settled()
    (sandbox,) = (each for each in stage.sandboxes() if each.pod == "default/db-0")
    stage.client.remove_container(sandbox.id, force=True)
    (stage.root / "state" / f"{stage.instance}.db").unlink()
    with stage.daemon():
        eventually(lambda: versions(stage) == expected and stage.settled())
    (status,) = (json.loads(stage.ask("get", "statefulset", each, "-o", "json"))["status"] for each in ["db"])
    assert (status["currentReplicas"], status["updatedReplicas"]) == (2, 1)
    assert status["currentRevision"] != status["updateRevision"]


def test_the_next_commit_gets_through_a_version_that_never_became_ready(stage: Stage) -> None:
    stage.push({"db.yaml": stateful_set()})
    with stage.daemon():
        eventually(lambda: len(stage.running("db-")) == 3)
        stage.wait_settled()
        stage.push({"db.yaml": stateful_set(version="broken", command="exit 1")})
        eventually(lambda: "broken" in stage.ask("get", "pods", "db-2", "-o", "yaml"))
        stage.push({"db.yaml": stateful_set(version="3")})
        eventually(lambda: versions(stage) == {"db-0": "3", "db-1": "3", "db-2": "3"})
        stage.wait_settled()


def test_claims_go_with_places_and_with_the_set_when_it_says_so(stage: Stage) -> None:
    policy = "persistentVolumeClaimRetentionPolicy: {whenDeleted: Delete, whenScaled: Delete}"
    parallel = f"podManagementPolicy: Parallel\n  {policy}"
    stage.push({"db.yaml": stateful_set(fields=parallel)})
    with stage.daemon(flags=["--allow-empty"]):
        eventually(lambda: len(stage.running("db-")) == 3 and stage.settled())
        stage.push({"db.yaml": stateful_set(replicas=2, fields=parallel)})
        eventually(lambda: claims(stage) == ["data-db-0", "data-db-1"])
        stage.push({"db.yaml": None, "other.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: {name: other}\n"})
        eventually(lambda: not claims(stage) and not stage.seen())


def test_what_is_shown_of_a_set_is_in_kubectls_columns(stage: Stage) -> None:
    stage.push({"db.yaml": stateful_set(replicas=1)})
    stage.sync()
    header, row = stage.ask("get", "sts", "-o", "wide").splitlines()
    assert header.split() == ["NAME", "READY", "AGE", "CONTAINERS", "IMAGES"]
    assert row.split()[:2] == ["db", "1/1"]
    assert "statefulset.apps/db" in stage.ask("get", "all")
    assert "create Pod db-0 in StatefulSet db successful" in stage.ask("events", "--for", "statefulset/db")
    assert stage.run("logs", "statefulset/db").returncode == 0


def test_a_set_is_restarted_undone_and_resumed_by_the_words_of_a_person(stage: Stage) -> None:
    stage.push({"db.yaml": stateful_set(replicas=2)})
    with stage.daemon():
        stage.wait_settled()
        before = runs(stage)
        assert stage.run("rollout", "restart", "statefulset/db").stdout == "statefulset.apps/db restarted\n"
        eventually(lambda: len(runs(stage)) == 2 and not runs(stage) & before, what="both pods replaced")
        stage.push({"db.yaml": stateful_set(replicas=2, version="2")})
        eventually(lambda: versions(stage) == {"db-0": "2", "db-1": "2"}, what="version 2")
        told = stage.run("rollout", "status", "sts/db", "--timeout", "60s").stdout
        assert "statefulset rolling update complete 2 pods at revision db-" in told
        stage.run("rollout", "undo", "sts/db")
        eventually(lambda: versions(stage) == {"db-0": "1", "db-1": "1"}, what="the version before")
        assert "`rollout undo` holds it" in stage.run("get", "statefulsets").stderr
        assert "held here by `rollout undo`" in stage.run("rollout", "history", "sts/db").stdout
        stage.run("rollout", "resume", "sts/db")
        eventually(lambda: versions(stage) == {"db-0": "2", "db-1": "2"}, what="what Git asks for")
