"""The command line as a whole: it starts fast and its errors are one line."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.door import typed


def test_help_loads_neither_docker_nor_git_nor_jsonschema() -> None:
    code = (
        "import sys; from gitpod_sync.cli.main import cli; cli(['--help'], standalone_mode=False);"
        "print(sorted({'docker', 'git', 'jsonschema', 'rich', 'yaml', 'watchdog'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
    assert "validate" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("diff", "--source", "/does/not/exist"), 1, "does not exist"),
        (("diff",), 1, "there is no source"),
        (("sync", "--config", "/does/not/exist"), 1, "does not exist"),
        (("get", "unicorns"), 2, "known are pods"),
        (("get", "deploymnets"), 2, "did you mean 'deployments'? known are pods"),
        (("frobnicate",), 2, "No such command"),
        (("vaildate",), 2, "Did you mean 'validate'?"),
        (("rollout", "histroy", "deployment/web"), 2, "Did you mean 'history'?"),
        (("diff", "--sorce", "."), 1, "Did you mean '--source'?"),
        (("logs",), 1, "give either a POD or --selector"),
        (("exec", "web"), 1, "Missing argument"),
        (("create", "job", "now"), 1, "Missing option"),
        (("top", "nodes"), 1, "write `top pods`"),
        (("port-forward", "web", "80", "--engine", "simulated"), 1, "there is no pod web"),
        (("diff", "--output", "xml"), 1, "is not one of"),
        (("validate", "--output", "xml", "."), 2, "is not one of"),
        (("validate", "/does/not/exist"), 2, "does not exist"),
    ],
)
def test_an_error_is_one_line_with_the_remedy(arguments: tuple[str, ...], status: int, words: str) -> None:
    done = typed(*arguments)
    assert done.status == status
    assert words in done.err
    assert "Traceback" not in done.err


def test_a_variable_that_nobody_knows_is_told_with_those_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITPOD_SYNC_INSTNCE", "x")
    monkeypatch.setenv("GITPOD_SYNC_INSTANCE", "y")
    (line, *_) = typed("validate", str(tmp_path)).err.splitlines()
    assert line.startswith("GITPOD_SYNC_INSTNCE is not a variable of gitpod-sync; known are GITPOD_SYNC_BRANCH, ")


def test_an_engine_that_does_not_answer_is_told_with_what_to_check(tmp_path: Path) -> None:
    state = ("--state-dir", str(tmp_path / "state"))
    done = typed("diff", "--source", str(tmp_path), "--engine", "unix:///does/not/exist.sock", *state)
    assert done.status == 1
    assert "check that dockerd runs" in done.err
    assert len(done.err.strip().splitlines()) == 1


@pytest.mark.parametrize("address", ["tcp://x:y", "tcp://127.0.0.1:99999", "::"])
def test_what_is_no_address_of_an_engine_is_told(address: str, tmp_path: Path) -> None:
    done = typed("diff", "--source", str(tmp_path), "--engine", address, "--state-dir", str(tmp_path / "state"))
    assert done.status == 1
    assert len(done.err.strip().splitlines()) == 1
    assert "Traceback" not in done.err


def test_output_that_cannot_be_written_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n")
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "gitpod_sync", "validate", str(tmp_path)],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr


def test_options_may_stand_before_the_command_or_after_it(tmp_path: Path) -> None:
    (tmp_path / "pods").mkdir()
    before = typed("--source", str(tmp_path / "none"), "diff")
    after = typed("diff", "--source", str(tmp_path / "none"))
    assert before == after


def test_validate_reads_files_as_they_lie_there(tmp_path: Path) -> None:
    manifest = tmp_path / "pod.yaml"
    manifest.write_text(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers: [{name: c, image: i:1}]\n"
    )
    assert typed("validate", str(manifest)).status == 0
    manifest.write_text(manifest.read_text().replace("image", "imag"))
    done = typed("validate", str(tmp_path))
    assert done.status == 1
    assert f"{manifest}:5:" in done.out


def test_valid_manifests_are_validated_without_docker_git_rich_or_jsonschema(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: b}\n")
    code = (
        "import sys; from gitpod_sync.cli.main import cli\n"
        "try: cli(['validate', sys.argv[1]], standalone_mode=False)\n"
        "finally: print(sorted({'docker', 'git', 'jsonschema', 'rich', 'watchdog'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    verdict, loaded = done.stdout.splitlines()
    assert verdict.startswith("valid: 1 object")
    assert loaded == "[]"
