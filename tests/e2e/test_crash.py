"""kill -9 at any moment and a restart: no pod twice, nothing left over."""

import random
import time

import pytest

from gitpod_sync.model.base import labels
from tests.e2e.manifests import classic_pod, deployment
from tests.e2e.stage import Stage

pytestmark = pytest.mark.docker


@pytest.mark.parametrize("seed", range(4))
def test_a_daemon_killed_while_it_converges_is_taken_up_where_it_was(stage: Stage, seed: int) -> None:
    moments = random.Random(seed)
    commits = [
        {"web.yaml": deployment(replicas=3), "classic.yaml": classic_pod()},
        {"web.yaml": deployment(replicas=2, version="2"), "classic.yaml": classic_pod(message="again")},
        {"web.yaml": deployment(replicas=4, version="3")},
    ]
    for files in commits:
        stage.push(files)
        for _ in range(2):
            with stage.daemon() as process:
                # The moment itself is drawn: this is not a wait for something.
                time.sleep(moments.uniform(0.4, 2.0))
                process.kill()
                process.wait()
    with stage.daemon():
        stage.wait_settled()
    pods = stage.sandboxes()
    assert len(pods) == len({each.pod for each in pods}) == 5
    assert sorted((each.pod.split("-")[0], each.container) for each in stage.running()) == [
        ("default/classic", "server"),
        ("default/classic", "writer"),
        *[("default/web", "main")] * 4,
    ]
    own = [each["Labels"][labels.VOLUME] for each in stage.volumes() if not each["Name"].endswith("__messages")]
    assert own == ["site"]
