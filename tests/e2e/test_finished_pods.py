"""What has come to its end is not begun again, whatever somebody removes on the engine."""

import pytest

from tests.e2e.manifests import bare_pod
from tests.e2e.stage import Stage, eventually

pytestmark = pytest.mark.docker


def status(stage: Stage) -> str:
    return next((line.split()[2] for line in stage.ask("get", "pods").splitlines()[1:]), "")


def test_pruned_containers_of_a_finished_pod_do_not_run_again(stage: Stage) -> None:
    runs = stage.root / "runs"
    runs.mkdir()
    pod = bare_pod(
        "app",
        pod=f"restartPolicy: Never, volumes: [{{name: runs, hostPath: {{path: {runs}, type: Directory}}}}]",
        container="volumeMounts: [{name: runs, mountPath: /runs}]",
        command="touch /runs/$HOSTNAME-$(date +%s%N)",
    )
    stage.push({"app.yaml": pod})
    with stage.daemon():
        eventually(lambda: status(stage) == "Completed", what="its end")
        # What `docker container prune` takes; the command itself would take those of others.
        stage.client.remove_container(next(each.id for each in stage.seen() if each.container), v=True)
        eventually(lambda: status(stage) == "Completed", what="it stays so")
        stage.wait_settled()
    # And what `docker system prune` takes after the machine was started again.
    for each in stage.seen():
        stage.client.remove_container(each.id, force=True, v=True)
    with stage.daemon():
        stage.wait_settled()
        assert status(stage) == "Completed"
        assert stage.seen() == []
    assert len(list(runs.iterdir())) == 1
