"""A plain folder as the source, with writers that take their time."""

import subprocess
from pathlib import Path

import pytest

from tests.e2e.manifests import deployment
from tests.e2e.stage import Stage, eventually

pytestmark = pytest.mark.docker


def test_a_folder_that_is_read_while_it_is_written_to_ends_nothing(stage: Stage, tmp_path: Path) -> None:
    folder, new = tmp_path / "folder", tmp_path / "new.yaml"
    folder.mkdir()
    place, source = folder / "web.yaml", ("--source", str(folder))

    def manifest(replicas: int) -> str:
        return deployment(replicas=replicas).replace("IMAGE", stage.image)

    def run(script: str) -> None:
        subprocess.run(["/bin/sh", "-c", script], check=True, cwd=tmp_path)

    def ids() -> set[str]:
        return {each.id for each in stage.running("web")}

    place.write_text(manifest(1))
    with stage.daemon(options=source):
        eventually(lambda: len(ids()) == 1)
        first = ids()
        new.write_text(manifest(2))
        run(f"(sleep 1.5; cat {new}) > {place}")
        eventually(lambda: len(ids()) == 2, what="what was written")
        second = ids()
        assert first < second
        run(f": > {place}")
        eventually(lambda: "asks for no workload any more" in stage.log(), what="the refusal of the empty file")
        place.write_text("kind: Deployment\n")
        eventually(lambda: "[missing-field]" in stage.log(), what="the error of the invalid file")
        assert ids() == second
    assert "0 objects" not in stage.log()
    # The folder itself keeps nothing of what is in force.
    with stage.daemon(options=source):
        stage.client.remove_container(min(second), force=True)
        eventually(lambda: len(ids()) == 2, what="drift repair by what is in force")
        place.write_text(manifest(1))
        eventually(lambda: len(ids()) == 1, what="the mended file in force")
