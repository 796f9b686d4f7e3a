"""Workloads come in the order that `depends-on` gives."""

from datetime import datetime

import pytest

from tests.e2e.manifests import bare_pod, deployment
from tests.e2e.stage import Stage

pytestmark = pytest.mark.docker

LATE = "readinessProbe: {exec: {command: [test, -e, /tmp/there]}, periodSeconds: 1}"
"""Ready when a file is there, which the command below writes after a while."""


def test_a_workload_comes_when_the_one_it_depends_on_is_ready(stage: Stage) -> None:
    waiting = deployment(replicas=1).replace(
        "metadata: {name: web}", "metadata: {name: web, annotations: {gitpod-sync.io/depends-on: Pod/db}}"
    )
    late = "sleep 2; touch /tmp/there; trap 'exit 0' TERM; while :; do sleep 1 & wait; done"
    stage.push({"db.yaml": bare_pod("db", container=LATE, command=late), "web.yaml": waiting})
    planned = stage.run("diff")
    assert "Deployment default/web: DependencyNotReady: Pod default/db is not complete yet" in planned.stdout
    stage.sync()
    (web,) = stage.running("web")
    ready_at = int(stage.inside("db", "stat -c %Y /tmp/there"))
    assert ready_at <= datetime.fromisoformat(stage.client.inspect_container(web.id)["Created"][:19] + "Z").timestamp()
