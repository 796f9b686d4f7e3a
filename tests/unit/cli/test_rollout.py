"""The words of people about a rollout, typed at a terminal beside the loop, on the simulated engine."""

import yaml

from gitpod_sync.engines.memory.containers import Behaviour
from gitpod_sync.errors import EngineError
from gitpod_sync.model.base import labels
from tests.support.desk import WEB, Desk


def test_a_rollout_is_told_until_it_is_over(desk: Desk) -> None:
    desk.roll("web:1")
    desk.push("web:2")
    assert desk.text("rollout", "status", "deployment/web").splitlines()[-1:] == [
        'deployment "web" successfully rolled out'
    ]
    assert desk.images == ["web:2", "web:2"]


def test_a_rollout_that_fails_ends_the_status_with_the_reason(desk: Desk) -> None:
    desk.world.engine.behaviours["web:broken"] = Behaviour(exits_after=0.0, exit_code=1)
    desk.roll("web:1")
    desk.push("web:broken")
    desk.world.run_pass()
    done = desk.type("rollout", "status", "deploy/web")
    assert done.exit_code == 1
    assert "old replicas are pending" in done.output or "new replicas have been updated" in done.output
    assert "ProgressDeadlineExceeded" in str(done.exception)


def test_a_rollout_that_was_rolled_back_is_not_told_as_a_success(desk: Desk) -> None:
    desk.world.engine.behaviours["web:broken"] = Behaviour(exits_after=0.0, exit_code=1)
    desk.roll("web:1")
    text = WEB.replace("CAUSE", 'CAUSE, gitpod-sync.io/on-failure: "rollback"')
    desk.write(web=text.replace("IMAGE", "web:broken").replace("CAUSE", "because"))
    desk.world.run_pass()
    for _ in ("while it is on its way", "afterwards"):
        done = desk.type("rollout", "status", "deploy/web")
        assert done.exit_code == 1
        assert "was rolled back" in str(done.exception)
        assert "successfully" not in done.output
    assert desk.images == ["web:1", "web:1"]


def test_the_status_can_be_looked_at_once_or_for_so_long(desk: Desk) -> None:
    desk.roll("web:1")
    desk.push("web:2")
    desk.world.engine.absent.add("web:2")
    assert "0 out of 2 new" in desk.text("rollout", "status", "deploy", "web", "--no-watch")


def test_revisions_are_listed_with_commit_and_cause_and_shown_in_full(desk: Desk) -> None:
    desk.roll("web:1", "the first")
    desk.roll("web:2", "the second")
    lines = desk.text("rollout", "history", "deployment/web").splitlines()
    assert lines[0] == "deployment.apps/web"
    assert lines[1].split() == ["REVISION", "COMMIT", "CHANGE-CAUSE", "STANDING"]
    assert lines[2].split()[0] == "1"
    assert "the first" in lines[2]
    assert "folder-" in lines[2]
    assert lines[3].endswith("the second     present")
    shown = desk.text("rollout", "history", "deployment/web", "--revision", "1")
    assert "deployment.apps/web with revision #1" in shown
    assert "    Image:          web:1" in shown.splitlines()
    template = yaml.safe_load(desk.text("rollout", "history", "deploy/web", "--revision", "1", "-o", "yaml"))
    assert template["spec"]["containers"][0]["image"] == "web:1"
    assert "no revision 9" in str(desk.type("rollout", "history", "deploy/web", "--revision", "9").exception)


def test_an_undone_rollout_is_held_and_said_loudly_until_it_is_resumed(desk: Desk) -> None:
    desk.roll("web:1", "the first")
    desk.roll("web:2", "the second")
    done = desk.type("rollout", "undo", "deployment/web")
    assert done.stdout == "deployment.apps/web rolled back\n"
    assert "held at revision 1, which is number 3 from now on, until a commit changes the object" in done.stderr
    assert "no daemon runs now" in done.stderr
    desk.world.converge()
    assert desk.images == ["web:1", "web:1"]
    listed = desk.type("get", "deployments")
    assert "Warning: Deployment default/web: `rollout undo` holds it at revision 3" in listed.stderr
    assert "held here by `rollout undo`" in desk.text("rollout", "history", "deploy/web")
    assert desk.type("diff").exit_code == 2
    again = desk.text("rollout", "undo", "deploy/web", "--to-revision", "3")
    assert "skipped rollback" in again
    assert "is what Git asks for" in str(desk.type("rollout", "undo", "deploy/web").exception)
    assert desk.text("rollout", "resume", "deploy/web") == "deployment.apps/web resumed\n"
    desk.world.converge()
    assert desk.images == ["web:2", "web:2"]
    assert "Warning" not in desk.type("get", "deployments").stderr


def test_what_cannot_be_undone_or_resumed_is_told(desk: Desk) -> None:
    desk.roll("web:1")
    assert "no rollout history" in str(desk.type("rollout", "undo", "deploy/web").exception)
    assert "is not paused" in str(desk.type("rollout", "resume", "deploy/web").exception)
    assert "has no Deployment default/none" in str(desk.type("rollout", "pause", "deploy/none").exception)
    assert desk.type("rollout", "pause", "pod/web").exit_code == 2
    assert desk.type("rollout", "pause", "deploy/a", "deploy/b").exit_code == 2


def test_a_paused_rollout_is_resumed_and_neither_undone_nor_restarted_before(desk: Desk) -> None:
    desk.roll("web:1")
    desk.roll("web:2")
    done = desk.type("rollout", "pause", "deploy/web")
    assert done.stdout == "deployment.apps/web paused\n"
    assert "until `gitpod-sync rollout resume deployment/web -n default`" in done.stderr
    assert "already paused" in str(desk.type("rollout", "pause", "deploy/web").exception)
    for verb in ("undo", "restart"):
        assert "resume it first" in str(desk.type("rollout", verb, "deploy/web").exception)
    desk.roll("web:3")
    assert desk.images == ["web:2", "web:2"]
    desk.text("rollout", "resume", "deploy/web")
    desk.world.converge()
    assert desk.images == ["web:3", "web:3"]


def test_the_status_of_a_paused_rollout_says_so_and_how_it_goes_on(desk: Desk) -> None:
    desk.roll("web:1")
    desk.text("rollout", "pause", "deploy/web")
    desk.push("web:2")
    remedy = "`gitpod-sync rollout resume deployment/web -n default` goes on to version "
    done = desk.type("rollout", "status", "deploy/web", "--timeout", "1s")
    assert done.exit_code == 1
    assert "0 out of 2 new" in done.stdout
    assert done.stderr.count(f"its rollout is paused by `rollout pause`; {remedy}") == 1
    assert "timed out" in str(done.exception)
    assert remedy in str(done.exception)
    assert remedy in desk.type("rollout", "status", "deploy/web", "--no-watch").stderr


def test_a_restart_is_ordered_and_told(desk: Desk) -> None:
    desk.roll("web:1")
    before = {each.id for each in desk.world.alive()}
    assert desk.text("rollout", "restart", "deploy/web") == "deployment.apps/web restarted\n"
    desk.world.converge()
    assert not before & {each.id for each in desk.world.alive()}
    assert "Restarted" in desk.text("events", "--for", "deployment/web")


def test_a_deployment_is_described_as_kubectl_does(desk: Desk) -> None:
    desk.roll("web:1")
    desk.world.engine.absent.add("web:2")
    desk.push("web:2")
    desk.world.run_pass()
    text = desk.text("describe", "deployment", "web")
    lines = text.splitlines()
    for line in (
        "Name:                   web",
        "Selector:               app=web",
        "Replicas:               2 desired | 1 updated | 3 total | 2 available | 0 unavailable",
        "StrategyType:           RollingUpdate",
        "RollingUpdateStrategy:  25% max unavailable, 25% max surge",
        "    Image:          web:2",
        "  Available    True    MinimumReplicasAvailable",
        "  Progressing  True    ReplicaSetUpdated",
    ):
        assert line in lines, text
    old = next(line for line in lines if line.startswith("OldReplicaSets:"))
    assert old.endswith("(2/2 replicas created)")
    assert any("ScalingReplicaSet" in line for line in lines)


def test_a_replica_set_is_described_as_kubectl_does(desk: Desk) -> None:
    text = WEB.replace("Deployment", "ReplicaSet").replace("  progressDeadlineSeconds: 30\n", "")
    (desk.root / "source" / "rs.yaml").write_text(
        text.replace("name: web\n", "name: rs\n").replace("app: web", "app: rs").replace("IMAGE", "rs:1")
    )
    desk.roll("web:1")
    lines = desk.text("describe", "rs/rs").splitlines()
    assert "Replicas:     2 current / 2 desired" in lines
    assert "Pods Status:  2 Running / 0 Waiting / 0 Succeeded / 0 Failed" in lines
    assert any("SuccessfulCreate" in line for line in lines)


def test_conditions_are_in_the_object(desk: Desk) -> None:
    desk.roll("web:1")
    found = yaml.safe_load(desk.text("get", "deployment", "web", "-o", "yaml"))
    assert found["metadata"]["annotations"]["deployment.kubernetes.io/revision"] == "1"
    conditions = {each["type"]: each for each in found["status"]["conditions"]}
    assert conditions["Available"]["status"] == "True"
    assert conditions["Progressing"]["reason"] == "NewReplicaSetAvailable"
    assert {"lastUpdateTime", "lastTransitionTime"} <= conditions["Progressing"].keys()


def test_a_pod_that_the_engine_does_not_make_is_a_replica_failure(desk: Desk) -> None:
    desk.roll("web:1")
    desk.world.engine.before = lambda _operation: (_ for _ in ()).throw(EngineError("no room"))
    for each in desk.world.engine.observe(frozenset()).containers:
        if labels.CONTAINER not in each.labels:
            desk.world.hand.remove(each.id)
    desk.world.run_pass()
    desk.world.run_pass()
    found = yaml.safe_load(desk.text("get", "deployment", "web", "-o", "yaml"))
    failure = next(each for each in found["status"]["conditions"] if each["type"] == "ReplicaFailure")
    assert failure["reason"] == "FailedCreate"
    assert "no room" in failure["message"]
