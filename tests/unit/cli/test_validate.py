"""`validate`: what it can be pointed at, what it answers with, and what it exits with."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gitpod_sync.cli.commands.validate import command

POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers: [{name: c, image: nginx:1.27}]\n"
WRONG = POD.replace("image:", "imag:")
IDENTITY = {"GIT_CONFIG_GLOBAL": "/dev/null", "PATH": os.environ["PATH"], "EMAIL": "a@example.org"} | {
    "GIT_AUTHOR_NAME": "a",
    "GIT_COMMITTER_NAME": "a",
}

Validate = Callable[..., Result]


@pytest.fixture
def validate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Validate:
    """Calls the command in an empty folder, with no configuration but what the test writes."""
    (tmp_path / "here").mkdir()
    (tmp_path / "none.toml").write_text("")
    monkeypatch.chdir(tmp_path / "here")
    for variable in ("NO_COLOR", "GITHUB_WORKSPACE", "GITPOD_SYNC_SOURCE"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("GITPOD_SYNC_CONFIG", str(tmp_path / "none.toml"))
    monkeypatch.setenv("GITPOD_SYNC_STATE_DIR", str(tmp_path / "state"))

    def call(*arguments: str, given: str | None = None, color: bool = False) -> Result:
        return CliRunner().invoke(command, arguments, input=given, color=color)

    return call


def write(path: str, text: str) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text, encoding="utf-8")


def git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], check=True, capture_output=True, text=True, env=IDENTITY).stdout.strip()


def commit(message: str) -> str:
    if not Path(".git").exists():
        git("init", "--quiet", "--initial-branch=main")
    git("add", "--all")
    git("commit", "--quiet", "--message", message)
    return git("rev-parse", "HEAD")


def test_a_valid_file_exits_0_and_an_invalid_one_1(validate: Validate) -> None:
    write("pod.yaml", POD)
    good = validate("pod.yaml")
    assert (good.exit_code, good.stdout) == (0, "valid: 1 object in 1 file\n")
    write("pod.yaml", WRONG)
    bad = validate("pod.yaml")
    assert bad.exit_code == 1
    assert "pod.yaml:5:26: error: spec.containers[0].imag: unknown field `imag` [unknown-field]" in bad.stdout
    assert bad.stdout.endswith("invalid: 1 object in 1 file: 1 error\n")


def test_files_are_named_as_they_were_given(validate: Validate, tmp_path: Path) -> None:
    write("pods/web.yaml", WRONG)
    for given, name in (
        ("pods", "pods/web.yaml"),
        ("./pods/", "pods/web.yaml"),
        (".", "pods/web.yaml"),
        ("../here", "../here/pods/web.yaml"),
        ("../here/pods/web.yaml", "../here/pods/web.yaml"),
        (str(tmp_path / "here/pods"), str(tmp_path / "here/pods/web.yaml")),
    ):
        assert validate(given).stdout.startswith(f"{name}:5:"), given


def test_several_paths_are_checked_together_and_a_file_only_once(validate: Validate) -> None:
    write("pods/web.yaml", POD)
    write("more/web.yaml", POD)
    twice = validate(".", "pods", "pods/web.yaml", "more")
    assert twice.stdout.count("duplicate-object") == 1
    assert "2 objects in 2 files: 1 error" in twice.stdout
    alone = validate("pods", str(Path("pods/web.yaml").absolute()))
    assert (alone.exit_code, alone.stdout) == (0, "valid: 1 object in 1 file\n")


def test_standard_input_is_read(validate: Validate) -> None:
    assert validate("-", given=POD).stdout == "valid: 1 object in 1 file\n"
    bad = validate("-", given=WRONG)
    assert bad.exit_code == 1
    assert bad.stdout.startswith("<stdin>:5:")


def test_patterns_of_the_configuration_do_not_concern_standard_input(validate: Validate) -> None:
    assert validate("-", "--include", "pods/**", given=WRONG).exit_code == 1


def test_a_file_named_by_itself_is_read_whatever_its_name(validate: Validate) -> None:
    write("pod.txt", WRONG)
    Path("link.yaml").symlink_to("pod.txt")
    assert validate("pod.txt").stdout.startswith("pod.txt:5:")
    assert validate("link.yaml").stdout.startswith("link.yaml:5:")


def test_a_pipe_is_read_to_its_end(validate: Validate) -> None:
    reading, writing = os.pipe()
    os.write(writing, WRONG.encode())
    os.close(writing)
    assert validate(f"/dev/fd/{reading}").stdout.startswith(f"/dev/fd/{reading}:5:")
    os.close(reading)


def test_a_file_of_a_chart_is_passed_over_even_when_it_is_named_alone(validate: Validate) -> None:
    write("charts/web/Chart.yaml", "name: web\n")
    write("charts/web/templates/pod.yaml", "{{ if .Values.on }}\n" + POD)
    done = validate("charts/web/templates/pod.yaml")
    assert done.exit_code == 0
    assert "charts/web/Chart.yaml:1:1: note: passed over: a Helm chart" in done.stdout


def test_an_older_commit_is_checked_without_touching_the_work_tree(validate: Validate) -> None:
    write("pods/web.yaml", WRONG)
    first = commit("wrong")
    write("pods/web.yaml", POD)
    commit("right")
    write("pods/web.yaml", "not saved: [")
    status = git("status", "--porcelain")
    assert validate("--rev", "HEAD").stdout == "valid: 1 object in 1 file\n"
    for revision in (first, first[:10], "HEAD~1", "main^"):
        old = validate("--rev", revision, ".")
        assert old.exit_code == 1
        assert old.stdout.startswith("pods/web.yaml:5:")
    assert git("status", "--porcelain") == status
    assert validate().exit_code == 2


def test_a_commit_is_checked_below_a_path_in_a_bare_repository_and_from_within(
    validate: Validate, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("pods/web.yaml", POD)
    write("other/web.yaml", WRONG)
    commit("both")
    git("clone", "--quiet", "--bare", ".", "../bare.git")
    assert validate("--rev", "HEAD", "pods").exit_code == 0
    assert validate("--rev", "HEAD", "other/web.yaml").stdout.startswith("other/web.yaml:5:")
    assert validate("--rev", "main", "../bare.git").stdout.startswith("../bare.git/other/web.yaml:5:")
    monkeypatch.chdir("pods")
    assert validate("--rev", "HEAD").stdout == "valid: 1 object in 1 file\n"


@pytest.mark.usefixtures("validate")
def test_what_is_being_pushed_can_be_checked_by_a_hook(tmp_path: Path) -> None:
    git("init", "--quiet", "--bare", "--initial-branch=main", "../bare.git")
    program = f"{sys.executable} -m gitpod_sync validate --config {tmp_path / 'none.toml'}"
    package = Path(__file__).parents[3]
    hook = tmp_path / "bare.git/hooks/pre-receive"
    hook.write_text(f'#!/bin/sh\nread old new ref\nPYTHONPATH={package} {program} --rev "$new"\n')
    hook.chmod(0o755)
    push = ["git", "push", "../bare.git", "main"]
    write("pod.yaml", WRONG)
    commit("wrong")
    refused = subprocess.run(push, capture_output=True, text=True, env=IDENTITY, check=False)
    assert refused.returncode == 1
    assert "pod.yaml:5:26: error" in refused.stderr
    write("pod.yaml", POD)
    commit("right")
    assert subprocess.run(push, capture_output=True, env=IDENTITY, check=False).returncode == 0


def test_an_older_commit_to_compare_with_may_lack_the_path(validate: Validate) -> None:
    write("pods/web.yaml", POD)
    commit("first")
    write("new/db.yaml", POD.replace("web", "db"))
    assert validate("--since", "HEAD", "new").exit_code == 0
    commit("second")
    assert validate("--rev", "HEAD", "--since", "HEAD~1").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "there is nothing to check; give a PATH, - for standard input, or --source"),
        (("none",), "none does not exist; check the path"),
        (("--rev", "HEAD", "."), "is in no Git repository"),
        (("--rev", "HEAD", "-"), "standard input is in no Git repository"),
        (("--source", "none"), "does not exist"),
        (("--branch", "main"), "--branch and --path belong to --source"),
        (("--config", "none.toml", "."), "none.toml does not exist"),
        (("--exclude", "../**", "."), "--exclude: the pattern '../**' leads out of the source; begin at the source's"),
        (("--exclude", "", "."), "--exclude: the pattern '' names no files; write it like"),
        (("--include", "pods/[a", "."), "--include: the pattern 'pods/[a' has a '[' without a ']'"),
        (("--ignore-kind", "certificate", "."), "--ignore-kind: 'certificate' names no kind"),
    ],
)
def test_what_cannot_be_checked_exits_2_with_one_line(
    validate: Validate, arguments: tuple[str, ...], words: str
) -> None:
    done = validate(*arguments)
    assert done.exit_code == 2
    assert words in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert done.stdout == ""


@pytest.mark.parametrize("revision", ["none", "--all", "^main", "main..main", "HEAD:pod.yaml", "a\nb", ""])
def test_an_unknown_commit_exits_2_with_one_line(validate: Validate, revision: str) -> None:
    write("pod.yaml", POD)
    commit("one")
    for option in ("--rev", "--since"):
        done = validate(f"{option}={revision}", ".")
        assert done.exit_code == 2
        assert len(done.stderr.splitlines()) == 1, done.stderr
        assert "commit" in done.stderr


def test_a_path_that_a_commit_lacks_exits_2(validate: Validate) -> None:
    write("pod.yaml", POD)
    commit("one")
    done = validate("--rev", "HEAD", "pods")
    assert done.exit_code == 2
    assert "has no 'pods' in commit" in done.stderr


def test_a_commit_whose_files_are_not_all_here_exits_2(validate: Validate) -> None:
    write("pod.yaml", POD)
    commit("one")
    blob = git("rev-parse", "HEAD:pod.yaml")
    Path(".git/objects", blob[:2], blob[2:]).unlink()
    done = validate("--rev", "HEAD")
    assert done.exit_code == 2
    assert f"lacks the object {blob[:12]}" in done.stderr


def test_a_file_that_cannot_be_read_exits_2(validate: Validate) -> None:
    Path("pod.yaml").symlink_to("pod.yaml")
    done = validate("pod.yaml")
    assert done.exit_code == 2
    assert done.stderr.startswith("Error: pod.yaml cannot be read: Too many levels of symbolic links; check")


def test_without_a_path_the_configured_source_is_checked(validate: Validate, tmp_path: Path) -> None:
    write("pod.yaml", WRONG)
    (tmp_path / "none.toml").write_text(f'[[source]]\nurl = "{tmp_path / "here"}"\n')
    done = validate()
    assert done.exit_code == 1
    assert done.stdout.startswith("pod.yaml:5:")
    assert validate("--source", str(tmp_path / "none")).exit_code == 2


def test_the_configuration_says_how_to_read_and_flags_win(validate: Validate, tmp_path: Path) -> None:
    unicorn = "apiVersion: zoo.example.org/v1\nkind: Unicorn\nmetadata: {name: u}\n"
    write("zoo.yaml", unicorn)
    assert validate(".").exit_code == 1
    (tmp_path / "none.toml").write_text('[manifests]\nignore_kinds = ["Unicorn"]\n')
    assert validate(".").exit_code == 0
    assert validate(".", "--ignore-kind", "*.zoo.example.org").exit_code == 0
    assert validate(".", "--ignore-kind", "Dragon").exit_code == 1
    (tmp_path / "none.toml").write_text("[manifests]\nmax_file_bytes = 10\n")
    assert "file-too-large" in validate(".").stdout


def test_colours_are_for_terminals_and_not_under_no_color(validate: Validate, monkeypatch: pytest.MonkeyPatch) -> None:
    write("pod.yaml", WRONG)
    assert "\x1b[31merror\x1b[0m" in validate("pod.yaml", color=True).stdout
    assert "\x1b" not in validate("pod.yaml").stdout
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in validate("pod.yaml", color=True).stdout


def test_every_form_of_output_has_the_same_exit_status(validate: Validate) -> None:
    write("pod.yaml", WRONG)
    forms = {form: validate("pod.yaml", "--output", form) for form in ("text", "json", "sarif", "github")}
    assert {done.exit_code for done in forms.values()} == {1}
    assert json.loads(forms["json"].stdout)["summary"]["errors"] == 1
    assert json.loads(forms["sarif"].stdout)["runs"][0]["results"][0]["level"] == "error"
    assert forms["github"].stdout.startswith("::error file=pod.yaml,line=5,col=")


def test_github_is_told_paths_from_its_checkout(
    validate: Validate, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    write("pod.yaml", WRONG)
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
    assert validate("pod.yaml", "-o", "github").stdout.startswith("::error file=here/pod.yaml,")


def test_a_name_that_is_no_text_can_be_told(validate: Validate) -> None:
    Path(os.fsdecode(b"p\xff.yaml")).write_text(WRONG)
    for form in ("text", "json", "sarif", "github"):
        assert validate(".", "-o", form).exit_code == 1


def test_a_place_without_any_manifest_is_not_called_valid(validate: Validate, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("no manifest")
    done = validate(str(tmp_path))
    assert done.exit_code == 2
    assert "there is no manifest in" in done.output
