"""What is installed from a wheel does without the checkout that the wheel was built in."""

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "repo-example"


def test_a_built_wheel_works_outside_the_checkout(tmp_path: Path) -> None:
    environment = _install(_build(tmp_path), tmp_path / "venv")
    python, command = str(environment / "bin" / "python"), str(environment / "bin" / "gitpod-sync")

    package = Path(_run(python, "-c", "import gitpod_sync; print(gitpod_sync.__path__[0])", cwd=tmp_path).strip())
    assert package.is_relative_to(environment)
    assert (package / "py.typed").is_file()

    assert _run(command, "validate", str(EXAMPLE), cwd=tmp_path) == "valid: 4 objects in 3 files\n"

    where = ("--engine", "simulated", "--source", str(EXAMPLE), "--state-dir", str(tmp_path / "state"))
    assert "\n+ Pod default/web\n" in _run(command, "diff", *where, cwd=tmp_path, status=2)


def _build(folder: Path) -> Path:
    """The wheel, made with the backend that is here already: nothing is fetched."""
    _run(sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder), cwd=ROOT)
    [wheel] = folder.glob("*.whl")
    return wheel


def _install(wheel: Path, environment: Path) -> Path:
    """An environment with the wheel in it, and with the dependencies that this process has."""
    venv.create(environment)
    _run(
        *(sys.executable, "-m", "pip", "--python", str(environment / "bin" / "python"), "--disable-pip-version-check"),
        *("install", "--quiet", "--no-index", "--no-deps", str(wheel)),
        cwd=wheel.parent,
    )
    # A plain path: the .pth files in that folder, one of which leads to the checkout, are not read.
    [packages] = environment.glob("lib/python*/site-packages")
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    return environment


def _run(*command: str, cwd: Path, status: int = 0) -> str:
    """What a command prints. Neither this process's import path nor a setting for gitpod-sync reaches it."""
    rest = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "GITPOD_SYNC_"))}
    done = subprocess.run(command, cwd=cwd, env=rest, capture_output=True, text=True, check=False)
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout
