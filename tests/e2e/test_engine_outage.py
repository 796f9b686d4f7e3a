"""The engine goes away and comes back, or is slow; the daemon waits, connects again, and goes on."""

import time

import pytest

from gitpod_sync.model.base import labels
from tests.e2e.manifests import deployment
from tests.e2e.proxy import EngineProxy
from tests.e2e.stage import Stage, eventually

pytestmark = pytest.mark.docker

WITH_LIVENESS = """
        livenessProbe: {exec: {command: [/bin/sh, -c, "exit 0"]}, periodSeconds: 1, failureThreshold: 1}"""


def test_the_daemon_outlives_an_outage_of_the_engine(stage: Stage, proxy: EngineProxy) -> None:
    stage.push({"web.yaml": deployment(replicas=2)})
    with stage.daemon(env={"DOCKER_HOST": proxy.url}) as process:
        eventually(lambda: len(stage.running("web")) == 2)
        proxy.shut()
        stage.client.kill(stage.running("web")[0].id)
        eventually(lambda: "waiting for the engine" in stage.log(), what="the outage told")
        stage.push({"web.yaml": deployment(replicas=3)})
        assert process.poll() is None
        proxy.unlock()
        eventually(lambda: len(stage.running("web")) == 3, what="drift and the push of meanwhile")
    assert stage.log().count("waiting for the engine") == 1


def test_a_daemon_started_before_its_engine_waits_for_it(stage: Stage, proxy: EngineProxy) -> None:
    proxy.shut()
    stage.push({"web.yaml": deployment(replicas=1)})
    with stage.daemon(env={"DOCKER_HOST": proxy.url}):
        eventually(lambda: "waiting for the engine" in stage.log())
        proxy.unlock()
        eventually(lambda: len(stage.running("web")) == 1)


def test_a_dry_run_asks_and_never_tells(stage: Stage, proxy: EngineProxy) -> None:
    stage.push({"web.yaml": deployment(replicas=1)})
    done = stage.run("diff", env={"DOCKER_HOST": proxy.url})
    assert done.returncode == 2, done.stderr
    listed = stage.run("get", "all", env={"DOCKER_HOST": proxy.url})
    assert listed.returncode == 0, listed.stderr
    assert proxy.methods
    assert proxy.methods <= {"GET", "HEAD"}


def test_an_engine_that_answers_late_makes_it_slow_and_nothing_else(stage: Stage, proxy: EngineProxy) -> None:
    proxy.delay = 0.3
    stage.push({"web.yaml": deployment(replicas=2)})
    with stage.daemon(env={"DOCKER_HOST": proxy.url}):
        eventually(lambda: len(stage.running("web")) == 2, what=stage.log)
        (killed, kept) = stage.running("web")
        stage.client.kill(killed.id)
        eventually(lambda: len(stage.running("web")) == 2, what=stage.log)
        assert kept.id in {each.id for each in stage.running("web")}
    # An engine without the right to lower a score is warned of, whatever else it does.
    warned = [line for line in stage.log().splitlines() if "WARNING" in line and "oom_score_adj" not in line]
    assert not warned
    assert len(stage.sandboxes()) == 2


def executed(stage: Stage, since: int) -> int:
    """How many commands have come to their end since then, as the engine tells."""
    filters = {"event": "exec_die", "label": f"{labels.INSTANCE}={stage.instance}"}
    return len(list(stage.client.events(since=since, until=int(time.time()), filters=filters)))


def test_an_engine_that_takes_longer_to_answer_than_a_probe_may_take_fails_no_container(
    stage: Stage, proxy: EngineProxy
) -> None:
    web = deployment(replicas=3).replace("        image: IMAGE", "        image: IMAGE" + WITH_LIVENESS)
    stage.push({"web.yaml": web})
    with stage.daemon(env={"DOCKER_HOST": proxy.url}):
        eventually(lambda: len(stage.running("web")) == 3, what=stage.log)
        before = {each.id for each in stage.running("web")}
        proxy.delay, since = 1.2, int(time.time()) + 1
        eventually(lambda: executed(stage, since) > 5, what=stage.log)
        assert {each.id for each in stage.running("web")} == before
        proxy.delay = 0
    assert "probe failed" not in stage.log()
