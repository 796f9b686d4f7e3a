"""The repository goes away and comes back."""

import pytest

from tests.e2e.manifests import deployment
from tests.e2e.stage import Stage, eventually

pytestmark = pytest.mark.docker


def test_a_source_that_cannot_be_read_is_reported_once_and_the_last_good_revision_stays(stage: Stage) -> None:
    stage.push({"web.yaml": deployment(replicas=1)})
    config = stage.root / "config.toml"
    config.write_text(f"[[source]]\nname = 'apps'\nurl = '{stage.repository}'\npoll = 0.2\n")
    away = stage.repository.with_name("away.git")
    with stage.daemon(options=("--config", str(config))):
        eventually(lambda: len(stage.running("web")) == 1)
        stage.repository.rename(away)
        eventually(lambda: "it is tried again" in stage.log(), what="the outage told")
        stage.client.remove_container(stage.running("web")[0].id, force=True)
        eventually(lambda: len(stage.running("web")) == 1, what="drift repair without the source")
        away.rename(stage.repository)
        stage.push({"web.yaml": deployment(replicas=2)})
        eventually(lambda: len(stage.running("web")) == 2, what="the push after its return")
    assert stage.log().count("it is tried again") == 1
