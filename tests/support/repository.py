"""A real repository on the same machine."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

IDENTITY = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_COMMITTER_NAME": "a"} | {
    "GIT_COMMITTER_EMAIL": "a@example.org",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "PATH": os.environ["PATH"],
}


class Repository:
    """A bare repository and a clone to push from."""

    def __init__(self, root: Path) -> None:
        root.mkdir(exist_ok=True)
        self.path = root / "bare.git"
        self.clone = root / "clone"
        self.git("init", "--quiet", "--bare", "--initial-branch=main", str(self.path), cwd=root)
        self.git("clone", "--quiet", str(self.path), str(self.clone), cwd=root)

    def commit(self, files: Mapping[str, str | None], *, push: str = "main") -> str:
        """Commit files (None removes one) and push them; returns the commit."""
        for name, text in files.items():
            path = self.clone / name
            if text is None:
                path.unlink()
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "change")
        if push:
            self.git("push", "--quiet", "--force", "origin", f"HEAD:{push}")
        return self.git("rev-parse", "HEAD").strip()

    def git(self, *arguments: str, cwd: Path | None = None) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=cwd or self.clone, check=True, capture_output=True, text=True, env=IDENTITY
        )
        return done.stdout
