"""What goes wrong around a pod leaves its reason, costs no neighbour and no data, and is over when its cause is."""

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.e2e.manifests import RUN, bare_pod, deployment
from tests.e2e.stage import Stage, eventually

pytestmark = pytest.mark.docker

SETTINGS = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {level: high}\n"
CLAIM = """\
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data, annotations: {gitpod-sync.io/delete-volume: "true"}}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Mi}}}
"""


def reads_settings() -> str:
    mount = "volumeMounts: [{name: settings, mountPath: /settings}]"
    return bare_pod("app", container=mount, pod="volumes: [{name: settings, configMap: {name: settings}}]")


def writes_data() -> str:
    mount = "volumeMounts: [{name: data, mountPath: /data}]"
    return bare_pod(
        "app",
        container=mount,
        pod="volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]",
        command=f"date > /data/kept; {RUN}",
    )


def ids(stage: Stage) -> set[str]:
    return {each.id for each in stage.running()}


def test_a_config_map_that_is_deleted_is_missed_and_nothing_ends_for_it(stage: Stage) -> None:
    stage.push({"app.yaml": reads_settings(), "settings.yaml": SETTINGS, "web.yaml": deployment(replicas=1)})
    with stage.daemon():
        stage.wait_settled()
        before = ids(stage)
        stage.push({"settings.yaml": None})
        missed = "ConfigMap default/settings is not in the repository"
        eventually(lambda: missed in stage.ask("events"), what="the event")
        assert "FailedMount" in stage.ask("events")
        assert stage.inside("app", "cat /settings/level") == "high"
        stage.push({"settings.yaml": SETTINGS.replace("high", "low")})
        eventually(lambda: stage.inside("app", "cat /settings/level") == "low")
        assert ids(stage) == before


def test_a_volume_that_somebody_uses_stays_until_it_is_free(stage: Stage) -> None:
    stage.push({"app.yaml": writes_data(), "data.yaml": CLAIM, "web.yaml": deployment(replicas=1)})
    volume = f"{stage.instance}_claim_default_data"
    with stage.daemon():
        stage.wait_settled()
        before = {each.id for each in stage.running("web")}
        foreign = stage.client.create_container(
            stage.image,
            ["/bin/sleep", "1000"],
            host_config=stage.client.create_host_config(binds=[f"{volume}:/data"]),
        )
        try:
            stage.push({"app.yaml": None, "data.yaml": None})
            eventually(lambda: "volume is in use" in stage.ask("diff"), what=stage.log)
            assert not stage.running("app")
            assert stage.client.inspect_volume(volume)
        finally:
            stage.client.remove_container(foreign["Id"], force=True)
        mine = {"label": f"gitpod-sync.io/instance={stage.instance}", "name": volume}
        eventually(lambda: not stage.client.volumes(filters=mine)["Volumes"], what="the volume, once it is free")
        assert {each.id for each in stage.running("web")} == before


@pytest.fixture
def small_disk(stage: Stage) -> Iterator[Callable[[], Path]]:
    """Puts the state of the stage on a disk of its own; called, it fills that disk and returns what to remove."""
    if os.geteuid() != 0:
        pytest.skip("a disk of one's own takes root")
    state = stage.root / "state"
    state.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(state)], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"nothing can be mounted here: {mounted.stderr.strip()}")

    def fill() -> Path:
        filler = state / "filler"
        with filler.open("wb", buffering=0) as file, suppress(OSError):
            while file.write(b"x" * 4096):
                pass
        return filler

    yield fill
    subprocess.run(["umount", "--lazy", str(state)], check=True)


def test_on_a_full_disk_pods_are_kept_up_and_what_came_meanwhile_comes_later(
    stage: Stage, small_disk: Callable[[], Path]
) -> None:
    stage.push({"web.yaml": deployment(replicas=2)})
    config = stage.root / "config.toml"
    # No event says that there is room again: the source is tried after twice its poll.
    config.write_text(f'[[source]]\nurl = "{stage.repository}"\npoll = 5\n')
    with stage.daemon(options=("--config", str(config))) as process:
        stage.wait_settled()
        filler = small_disk()
        stage.client.kill(stage.running("web")[0].id)
        eventually(lambda: len(stage.running("web")) == 2, what="the one that was killed")
        stage.push({"web.yaml": deployment(replicas=3)})
        eventually(lambda: "No space left" in stage.log() or "disk is full" in stage.log(), what=stage.log)
        assert process.poll() is None
        assert len(stage.running("web")) == 2
        filler.unlink()
        eventually(lambda: len(stage.running("web")) == 3, what=stage.log)
