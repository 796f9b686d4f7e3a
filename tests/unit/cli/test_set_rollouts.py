"""The words of people about the rollouts of StatefulSets and DaemonSets, typed at a terminal beside the loop."""

from pathlib import Path

import pytest

from gitpod_sync.cli.named_pod import with_adopted
from gitpod_sync.cli.rollouts.messages import Told, tell_rollout
from gitpod_sync.cli.targets import find_pod, parse_object_name
from gitpod_sync.configuration.config import Config
from gitpod_sync.controllers.decision import VersionStatus, WorkloadStatus
from gitpod_sync.errors import GitpodSyncError
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.engine.grouping import group_pods
from gitpod_sync.model.workloads.daemon_sets import DaemonSet
from gitpod_sync.model.workloads.stateful_sets import StatefulSet
from gitpod_sync.sources.spec import SourceSpec
from tests.support.desk import Desk
from tests.support.simulation import desired_from

STATEFUL = """
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, annotations: {team: blue}}
spec:
  replicas: 2
  serviceName: db
  STRATEGY
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec:
      containers: [{name: main, image: "IMAGE", volumeMounts: [{name: data, mountPath: /data}]}]
  volumeClaimTemplates:
  - metadata: {name: data, labels: {tier: disk}}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
"""

DAEMON = """
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  STRATEGY
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec:
      nodeSelector: {kubernetes.io/os: linux}
      containers: [{name: main, image: "IMAGE"}]
"""

ON_DELETE = "updateStrategy: {type: OnDelete}"
SETS = [(STATEFUL, "statefulset", "db"), (DAEMON, "daemonset", "agent")]


def roll(desk: Desk, text: str, image: str, strategy: str = "") -> None:
    """Bring it beside the Deployment of the desk."""
    path: Path = desk.root / "source" / "set.yaml"
    path.write_text(text.replace("IMAGE", image).replace("STRATEGY", strategy))
    desk.roll("web:1")


def images(desk: Desk) -> set[str]:
    return {image for image in desk.images if not image.startswith("web:")}


@pytest.mark.parametrize(("text", "kind", "name"), SETS)
def test_a_set_is_undone_held_resumed_and_restarted(desk: Desk, text: str, kind: str, name: str) -> None:
    target, told = f"{kind}/{name}", f"{kind}.apps/{name}"
    roll(desk, text, "app:1")
    roll(desk, text, "app:2")
    assert desk.text("rollout", "undo", target) == f"{told} rolled back\n"
    desk.world.converge()
    assert images(desk) == {"app:1"}
    assert "`rollout undo` holds it at revision 3" in desk.type("get", kind).stderr
    assert "held here by `rollout undo`" in desk.text("rollout", "history", target)
    assert "skipped rollback" in desk.text("rollout", "undo", target, "--to-revision", "3")
    assert desk.text("rollout", "resume", target) == f"{told} resumed\n"
    desk.world.converge()
    assert images(desk) == {"app:2"}
    before = {each.id for each in desk.world.alive() if each.config.image == "app:2"}
    assert desk.text("rollout", "restart", target) == f"{told} restarted\n"
    desk.world.converge()
    assert images(desk) == {"app:2"}
    assert not before & {each.id for each in desk.world.alive()}
    assert "app:2" in desk.text("rollout", "history", target, "--revision", "4")
    assert "Restarted" in desk.text("events", "--for", target)


@pytest.mark.parametrize(("text", "kind", "name"), SETS)
def test_a_set_cannot_be_paused_and_what_to_do_instead_is_told(desk: Desk, text: str, kind: str, name: str) -> None:
    roll(desk, text, "app:1")
    refused = desk.type("rollout", "pause", f"{kind}/{name}").exception
    assert isinstance(refused, GitpodSyncError)
    assert f"{kind}.apps/{name}: pausing is not supported" in str(refused)
    assert "OnDelete" in refused.remedy
    assert "is not undone" in str(desk.type("rollout", "resume", f"{kind}/{name}").exception)


@pytest.mark.parametrize(("text", "kind", "name"), SETS)
def test_a_rollout_of_a_set_is_told_until_it_is_over(desk: Desk, text: str, kind: str, name: str) -> None:
    roll(desk, text, "app:1")
    roll(desk, text, "app:2")
    last = desk.text("rollout", "status", f"{kind}/{name}").splitlines()[-1]
    assert last.startswith("statefulset rolling update complete 2 pods at revision db-") or last == (
        'daemon set "agent" successfully rolled out'
    )


@pytest.mark.parametrize(("text", "kind", "name"), SETS)
def test_with_on_delete_nothing_is_rolled_out_and_that_is_said(desk: Desk, text: str, kind: str, name: str) -> None:
    roll(desk, text, "app:1", ON_DELETE)
    done = desk.type("rollout", "status", f"{kind}/{name}")
    assert "only available for RollingUpdate" in str(done.exception)
    assert "stay until somebody ends them" in desk.type("rollout", "restart", f"{kind}/{name}").stderr


def status(**counts: int) -> WorkloadStatus:
    known = {"desired": 3, "current": 3, "updated": 0, "ready": 3, "available": 3, **counts}
    desired, current, updated, ready, available = known.values()
    versions = VersionStatus("db-old", "db-new", 0)
    return WorkloadStatus(
        desired=desired,
        current=current,
        updated=updated,
        ready=ready,
        available=available,
        complete=False,
        versions=versions,
    )


def workload(text: str, key: Key, strategy: str = "") -> StatefulSet | DaemonSet:
    found = desired_from(text.replace("IMAGE", "app:1").replace("STRATEGY", strategy)).workloads[key]
    assert isinstance(found, StatefulSet | DaemonSet)
    return found


@pytest.mark.parametrize(
    ("partition", "counts", "line", "over"),
    [
        (0, {"available": 1}, "Waiting for 2 pods to be ready...", False),
        (0, {"updated": 1}, "waiting for statefulset rolling update to complete 1 pods at revision db-new...", False),
        (0, {"updated": 3}, "statefulset rolling update complete 3 pods at revision db-new...", True),
        (
            1,
            {"updated": 1},
            "Waiting for partitioned roll out to finish: 1 out of 2 new pods have been updated...",
            False,
        ),
        (1, {"updated": 2}, "partitioned roll out complete: 2 new pods have been updated...", True),
        (9, {"updated": 0}, "partitioned roll out complete: 0 new pods have been updated...", True),
    ],
)
def test_a_stateful_set_is_told_in_the_words_of_kubectl(
    partition: int, counts: dict[str, int], line: str, over: bool
) -> None:
    strategy = f"updateStrategy: {{rollingUpdate: {{partition: {partition}}}}}"
    told = tell_rollout(workload(STATEFUL, Key("StatefulSet", "default", "db"), strategy), status(**counts))
    assert told == Told(line, over)


@pytest.mark.parametrize(
    ("counts", "line"),
    [
        ({"desired": 1, "available": 1}, "rollout to finish: 0 out of 1 new pods have been updated..."),
        ({"desired": 1, "updated": 1, "available": 0}, "rollout to finish: 0 of 1 updated pods are available..."),
    ],
)
def test_a_daemon_set_is_told_in_the_words_of_kubectl(counts: dict[str, int], line: str) -> None:
    told = tell_rollout(workload(DAEMON, Key("DaemonSet", "default", "agent")), status(**counts))
    assert told == Told(f'Waiting for daemon set "agent" {line}')


def test_a_set_that_surges_is_updated_once_the_old_pod_goes(desk: Desk) -> None:
    surge = "updateStrategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}"
    roll(desk, DAEMON, "app:1", surge)
    desk.world.engine.absent.add("app:2")
    path: Path = desk.root / "source" / "set.yaml"
    path.write_text(DAEMON.replace("IMAGE", "app:2").replace("STRATEGY", surge))
    desk.push("web:1")
    for _ in range(4):
        desk.world.run_pass()
    assert "0 out of 1 new pods" in desk.text("rollout", "status", "ds/agent", "--no-watch")


def test_a_stateful_set_is_described_as_kubectl_does(desk: Desk) -> None:
    roll(desk, STATEFUL, "app:1")
    lines = desk.text("describe", "sts/db").splitlines()
    for line in (
        "Name:               db",
        "Selector:           app=db",
        "Annotations:        team: blue",
        "Replicas:           2 desired | 2 total",
        "Update Strategy:    RollingUpdate",
        "  Partition:        0",
        "Pods Status:        2 Running / 0 Waiting / 0 Succeeded / 0 Failed",
        "    Image:          app:1",
        "Volume Claims:",
        "  Name:          data",
        "  Labels:        tier=disk",
        "  Annotations:   <none>",
        "  Access Modes:  [ReadWriteOnce]",
    ):
        assert line in lines, "\n".join(lines)
    assert any("SuccessfulCreate" in line for line in lines)


def test_a_daemon_set_is_described_as_kubectl_does(desk: Desk) -> None:
    roll(desk, DAEMON, "app:1")
    lines = desk.text("describe", "daemonset", "agent").splitlines()
    for line in (
        "Name:           agent",
        "Selector:       app=agent",
        "Node-Selector:  kubernetes.io/os=linux",
        "Desired Number of Nodes Scheduled: 1",
        "Current Number of Nodes Scheduled: 1",
        "Number of Nodes Scheduled with Up-to-date Pods: 1",
        "Number of Nodes Scheduled with Available Pods: 1",
        "Number of Nodes Misscheduled: 0",
        "Pods Status:    1 Running / 0 Waiting / 0 Succeeded / 0 Failed",
    ):
        assert line in lines, "\n".join(lines)


def test_a_renamed_workload_finds_the_pods_that_it_took_over(desk: Desk) -> None:
    desk.roll("web:1")
    path: Path = desk.root / "source" / "web.yaml"
    path.write_text(path.read_text().replace("name: web\n", "name: shop\n"))
    pods = group_pods(desk.world.engine.observe(frozenset()), desk.world.instance).pods
    target = parse_object_name("deployment/shop")
    with pytest.raises(GitpodSyncError, match="no pod of deployment shop"):
        find_pod(pods, target, "default")
    config = Config(
        instance="sim", state_dir=desk.root / "state", sources=(SourceSpec("source", str(desk.root / "source")),)
    )
    assert find_pod(with_adopted(config, pods, target), target, "default").identity.name.startswith("web-")
