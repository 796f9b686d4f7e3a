"""The repository of an upgrade: one commit that has the same hash everywhere."""

import os
import subprocess
from pathlib import Path

_WHO = {
    f"GIT_{role}_{what}": said
    for role in ("AUTHOR", "COMMITTER")
    for what, said in (("NAME", "a"), ("EMAIL", "a@example.org"), ("DATE", "2026-01-01T00:00:00Z"))
}


def make_repository(root: Path, manifests: Path) -> Path:
    """A repository below `root` with these manifests on its branch `main`."""
    work = root / "repository"
    work.mkdir()
    (work / manifests.name).write_bytes(manifests.read_bytes())
    known = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment = {**known, **_WHO, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}
    for arguments in (
        ("init", "--quiet", "--initial-branch=main"),
        ("add", "--all"),
        ("commit", "--quiet", "--message", "pods of every kind"),
    ):
        subprocess.run(["git", *arguments], cwd=work, check=True, env=environment, capture_output=True)
    return work
