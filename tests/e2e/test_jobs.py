"""Jobs and CronJobs on a real engine: indexes, failures, suspension, a run in its minute, and what pruning leaves."""

import json
from pathlib import Path
from typing import Any

import pytest

from gitpod_sync.model.base import labels
from tests.e2e.stage import Stage, eventually

pytestmark = pytest.mark.docker

FOR_EVER = "trap 'exit 0' TERM; while :; do sleep 1 & wait; done"


def job(command: str, *, name: str = "work", spec: str = "backoffLimit: 0") -> str:
    return f"""\
apiVersion: batch/v1
kind: Job
metadata: {{name: {name}}}
spec:
  {spec}
  template:
    spec:
      restartPolicy: Never
      terminationGracePeriodSeconds: 2
      containers:
      - {{name: main, image: IMAGE, command: [/bin/sh, -c, "{command}"]}}
"""


def shown(stage: Stage, resource: str, name: str) -> Any:
    return json.loads(stage.ask("get", resource, name, "--output", "json"))


def prune(stage: Stage) -> None:
    """`docker system prune --all --force --volumes`, as far as it concerns this instance."""
    mine = {"label": [f"{labels.INSTANCE}={stage.instance}"]}
    stage.client.prune_containers(filters=mine)  # type: ignore[no-untyped-call]
    stage.client.prune_volumes(filters=mine)
    stage.client.prune_networks(filters=mine)  # type: ignore[no-untyped-call]


def test_each_index_of_a_job_runs_once_and_says_who_it_is(stage: Stage) -> None:
    spec = "completions: 3\n  parallelism: 2\n  completionMode: Indexed"
    stage.push(
        {"job.yaml": job("echo $JOB_COMPLETION_INDEX on $(hostname); test $JOB_COMPLETION_INDEX -lt 3", spec=spec)}
    )
    stage.sync()
    found = shown(stage, "job", "work")
    assert found["status"]["completedIndexes"] == "0-2"
    assert [each["type"] for each in found["status"]["conditions"]] == ["SuccessCriteriaMet", "Complete"]
    assert "Complete   3/3" in stage.ask("get", "jobs")
    written = stage.run("logs", "--selector", f"{labels.JOB_NAME}=work").stdout
    assert sorted(written.splitlines()) == ["0 on work-0", "1 on work-1", "2 on work-2"]
    assert stage.run("logs", "job/work").stdout
    described = stage.ask("describe", "job/work")
    assert "0 Active (0 Ready) / 3 Succeeded / 0 Failed" in described
    assert "Job completed" in described
    # Nothing of it runs any more, and a second look finds nothing to do.
    assert {each.state for each in stage.seen()} == {"exited"}
    stage.wait_settled()


def test_a_job_that_fails_once_too_often_is_told_and_left_alone(stage: Stage) -> None:
    stage.push({"job.yaml": job("echo oh no; exit 3"), "pod.yaml": job("exit 0", name="good")})
    done = stage.run("sync", "--timeout", "60")
    assert done.returncode == 1
    assert "Job default/work: BackoffLimitExceeded: Job has reached the specified backoff limit" in done.stderr
    listed = stage.ask("get", "jobs")
    assert "Failed     0/1" in listed
    assert "Complete   1/1" in listed
    assert "BackoffLimitExceeded" in stage.ask("events", "--for", "job/work")
    assert stage.run("logs", "job/work").stdout == "oh no\n"
    made = len(stage.seen())
    assert stage.run("sync", "--timeout", "60").returncode == 1
    assert len(stage.seen()) == made


@pytest.mark.parametrize("lost", ["nothing", "the database"])
def test_a_finished_job_stays_finished_after_a_prune_and_a_restart(stage: Stage, tmp_path: Path, lost: str) -> None:
    witness = tmp_path / "witness"
    witness.mkdir(mode=0o777)
    written = job("echo ran >> /witness/runs").replace(
        "      restartPolicy", f"      volumes: [{{name: w, hostPath: {{path: {witness}}}}}]\n      restartPolicy"
    )
    written = written.replace("command:", "volumeMounts: [{name: w, mountPath: /witness}], command:")
    stage.push({"job.yaml": written})
    with stage.daemon():
        eventually(lambda: "Complete" in stage.ask("get", "jobs"), what="the Job is complete")
        stage.wait_settled()
        prune(stage)
        eventually(lambda: not stage.seen(), what="all is pruned")
    if lost == "the database":
        for each in (stage.root / "state").glob(f"{stage.instance}.db*"):
            each.unlink()
    stage.sync()
    with stage.daemon():
        stage.push({"other.yaml": job("exit 0", name="other")})
        eventually(lambda: "other" in stage.ask("get", "jobs"), what="the next commit is in force")
        stage.wait_settled()
    assert (witness / "runs").read_text() == "ran\n"
    assert shown(stage, "job", "work")["status"]["succeeded"] == 1
    if lost == "the database":
        assert "not run again" in stage.ask("events", "--for", "job/work")


def test_a_suspended_job_has_no_pods_and_goes_on_when_it_is_resumed(stage: Stage) -> None:
    stage.push({"job.yaml": job(FOR_EVER, spec="suspend: false")})
    with stage.daemon():
        eventually(lambda: stage.running("work"), what="its pod runs")
        stage.push({"job.yaml": job(FOR_EVER, spec="suspend: true")})
        eventually(lambda: not stage.seen(), what="its pod is gone")
        assert "Suspended" in stage.ask("get", "jobs")
        stage.push({"job.yaml": job(FOR_EVER, spec="suspend: false")})
        eventually(lambda: stage.running("work"), what="its pod runs again")
        assert shown(stage, "job", "work")["status"]["failed"] == 0


def test_a_cron_job_runs_in_its_minute_and_once(stage: Stage) -> None:
    written = """\
apiVersion: batch/v1
kind: CronJob
metadata: {name: tick}
spec:
  schedule: "* * * * *"
  jobTemplate:
    spec:
      template:
        spec: {restartPolicy: Never, containers: [{name: main, image: IMAGE, command: [/bin/date, +%S]}]}
"""
    stage.push({"cron.yaml": written})
    with stage.daemon(flags=["--allow-empty"]):
        eventually(lambda: "Complete" in stage.ask("get", "jobs"), within=70, what="the run is over")
        (found,) = (each for each in stage.seen() if each.container)
        second = int(stage.run("logs", "cronjob/tick").stdout)
        assert second < 10
        minute = int(found.labels[labels.OWNER].rpartition("-")[2])
        shown_cron = shown(stage, "cronjob", "tick")
        assert shown_cron["status"]["lastScheduleTime"].endswith(":00Z")
        assert found.labels[labels.OWNER] == f"Job/tick-{minute}"
        assert "* * * * *   <none>     False" in stage.ask("get", "cronjobs")
        assert "Saw completed job" in stage.ask("describe", "cronjob", "tick")
        ordered = stage.run("create", "job", "now", "--from=cronjob/tick")
        assert ordered.stdout == "job.batch/now ordered\n", ordered.stderr
        eventually(lambda: stage.run("logs", "job/now").stdout, what="the run that was ordered is over")
        assert stage.run("create", "job", "now", "--from=cronjob/tick").returncode == 1
        stage.push({"cron.yaml": None})
        eventually(lambda: not stage.seen(), what="its Jobs are gone")
