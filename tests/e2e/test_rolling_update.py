"""A rolling update keeps its promise: never fewer running pods than said, never more than the surge allows."""

import threading

import pytest

from tests.e2e.manifests import deployment
from tests.e2e.stage import Stage, eventually

pytestmark = pytest.mark.docker


class Sampler(threading.Thread):
    """Counts the running pods over and over until it is stopped."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(daemon=True)
        self._stage = stage
        self._stopped = threading.Event()
        self.counts: list[int] = []

    def run(self) -> None:
        while not self._stopped.wait(0.01):
            self.counts.append(len(self._stage.running("web")))

    def stop(self) -> None:
        self._stopped.set()
        self.join()


def updated(stage: Stage, version: str, replicas: int) -> bool:
    running = stage.running("web")
    environments = [stage.client.inspect_container(each.id)["Config"]["Env"] for each in running]
    return len(running) == replicas and all(f"VERSION={version}" in env for env in environments)


@pytest.mark.parametrize(
    ("surge", "unavailable", "least", "most"), [("1", "0", 3, 4), ("0", "1", 2, 3), ("34%", "34%", 2, 5)]
)
def test_a_rolling_update_stays_within_its_bounds(
    stage: Stage, surge: str, unavailable: str, least: int, most: int
) -> None:
    stage.push({"web.yaml": deployment(replicas=3, surge=surge, unavailable=unavailable, min_ready=1)})
    with stage.daemon():
        eventually(lambda: len(stage.running("web")) == 3)
        stage.wait_settled()
        sampler = Sampler(stage)
        sampler.start()
        stage.push({"web.yaml": deployment(replicas=3, surge=surge, unavailable=unavailable, min_ready=1, version="2")})
        try:
            eventually(lambda: updated(stage, "2", 3), what="three pods of version 2")
            stage.wait_settled()
        finally:
            sampler.stop()
    assert min(sampler.counts) >= least
    assert max(sampler.counts) <= most


def test_recreate_has_no_two_versions_at_once(stage: Stage) -> None:
    def manifest(version: str) -> str:
        rolling = "    type: RollingUpdate\n    rollingUpdate: {maxSurge: 1, maxUnavailable: 0}\n"
        return deployment(replicas=2, version=version).replace(rolling, "    type: Recreate\n")

    stage.push({"web.yaml": manifest("1")})
    with stage.daemon():
        eventually(lambda: updated(stage, "1", 2))
        stage.push({"web.yaml": manifest("2")})
        versions: list[set[str]] = []

        def look() -> bool:
            environments = {
                env
                for each in stage.seen()
                if each.container and each.state == "running"
                for env in stage.client.inspect_container(each.id)["Config"]["Env"]
                if env.startswith("VERSION=")
            }
            versions.append(environments)
            return updated(stage, "2", 2)

        eventually(look, what="two pods of version 2")
    assert all(len(found) <= 1 for found in versions)
