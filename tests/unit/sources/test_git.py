"""A Git repository as a source: read as objects, never run, never a work tree."""

import os
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from gitpod_sync.errors import SourceError
from gitpod_sync.sources.git_mirror import GitSource
from gitpod_sync.sources.named import read_named_at
from gitpod_sync.sources.open import open_source
from gitpod_sync.sources.protocol import WorkTree
from gitpod_sync.sources.spec import SourceSpec
from tests.support.repository import Repository


def source(repository: Repository, tmp_path: Path, **fields: str) -> GitSource:
    opened = open_source(SourceSpec("apps", **{"url": str(repository.path), **fields}), tmp_path / "state")  # type: ignore[arg-type]
    assert isinstance(opened, GitSource)
    return opened


def test_the_newest_commit_is_read_with_its_author(repository: Repository, tmp_path: Path) -> None:
    commit = repository.commit({"a.yaml": "a", "b/c.yml": "c", "b/d.json": "{}", "README.md": "no manifest"})
    revision = source(repository, tmp_path).fetch()
    assert (revision.source, revision.commit, revision.author) == ("apps", commit, "a <a@example.org>")
    assert {path: file.content for path, file in revision.files.items()} == {
        "a.yaml": b"a",
        "b/c.yml": b"c",
        "b/d.json": b"{}",
    }
    assert revision.files["a.yaml"].blob == repository.git("rev-parse", "HEAD:a.yaml").strip()


def test_a_later_push_is_fetched_and_the_earlier_revision_can_be_read_again(
    repository: Repository, tmp_path: Path
) -> None:
    opened = source(repository, tmp_path)
    first = repository.commit({"a.yaml": "1"})
    opened.fetch()
    repository.git("checkout", "--quiet", "--orphan", "other")
    second = repository.commit({"a.yaml": "2"})
    assert opened.fetch().commit == second
    again = source(repository, tmp_path).revision(first)
    assert again.files["a.yaml"].content == b"1"


def cut_off_an_object(mirror: Path) -> None:
    for path in mirror.glob("objects/??/*"):
        path.chmod(0o600)
        path.write_bytes(b"")


def lose_the_references(mirror: Path) -> None:
    shutil.rmtree(mirror / "refs")


def fill_the_settings_with_garbage(mirror: Path) -> None:
    (mirror / "config").write_bytes(b"[[[\x00")


@pytest.mark.parametrize("spoil", [cut_off_an_object, lose_the_references, fill_the_settings_with_garbage])
def test_a_damaged_mirror_is_made_anew(spoil: Callable[[Path], None], repository: Repository, tmp_path: Path) -> None:
    repository.commit({"a.yaml": "1"})
    source(repository, tmp_path).fetch()
    (mirror,) = (tmp_path / "state" / "sources").iterdir()
    spoil(mirror)
    newest = repository.commit({"a.yaml": "2"})
    assert source(repository, tmp_path).fetch().commit == newest


def test_a_repository_that_is_away_leaves_what_was_fetched(repository: Repository, tmp_path: Path) -> None:
    commit = repository.commit({"a.yaml": "1"})
    source(repository, tmp_path).fetch()
    repository.path.rename(tmp_path / "elsewhere")
    opened = source(repository, tmp_path)
    with pytest.raises(SourceError, match="does not exist"):
        opened.fetch()
    assert opened.revision(commit).files["a.yaml"].content == b"1"


def test_a_commit_that_was_never_fetched_is_told(repository: Repository, tmp_path: Path) -> None:
    repository.commit({"a.yaml": "1"})
    opened = source(repository, tmp_path)
    with pytest.raises(SourceError, match="never fetched"):
        opened.revision("0" * 40)
    opened.fetch()
    with pytest.raises(SourceError, match="has no commit"):
        opened.revision("0" * 40)


@pytest.mark.parametrize("path", ["pods", "pods/", "./pods"])
def test_a_sub_path_is_read_from_there(repository: Repository, tmp_path: Path, path: str) -> None:
    repository.commit({"pods/a.yaml": "a", "pods-not/b.yaml": "b", "c.yaml": "c"})
    assert list(source(repository, tmp_path, path=path).fetch().files) == ["a.yaml"]


def test_a_sub_path_may_be_one_file(repository: Repository, tmp_path: Path) -> None:
    repository.commit({"pods/a.yaml": "a", "b.yaml": "b"})
    assert list(source(repository, tmp_path, path="pods/a.yaml").fetch().files) == ["a.yaml"]


def test_a_branch_is_followed(repository: Repository, tmp_path: Path) -> None:
    repository.commit({"a.yaml": "main"})
    repository.commit({"a.yaml": "next"}, push="next")
    assert source(repository, tmp_path).fetch().files["a.yaml"].content == b"main"
    assert source(repository, tmp_path, branch="next").fetch().files["a.yaml"].content == b"next"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"branch": "none"}, "has no branch 'none'; it has main"),
        ({"path": "none"}, "has no 'none'"),
        ({"path": "../up"}, "leads out of the source"),
        ({"path": "/etc"}, "leads out of the source"),
        ({"branch": "--upload-pack=touch pwned"}, "is not a valid branch"),
        ({"branch": "a:b"}, "is not a valid branch"),
        ({"url": "--upload-pack=touch pwned"}, "is not the address"),
        ({"url": "ext::sh -c 'touch pwned'"}, "is not the address"),
        ({"url": "git://example.org/x"}, "is not allowed"),
        ({"url": "http://user:secret@127.0.0.1:1/x.git"}, "127.0.0.1:1/x.git cannot be fetched"),
        ({"path": "link.yaml"}, "is a symbolic link"),
        ({"url": "/none"}, "/none does not exist"),
        ({"url": "file:///none"}, "/none does not exist"),
    ],
)
def test_what_cannot_be_read_is_told_without_secrets(
    repository: Repository, tmp_path: Path, fields: dict[str, str], message: str
) -> None:
    (repository.clone / "link.yaml").symlink_to("a.yaml")
    repository.commit({"a.yaml": "a"})
    with pytest.raises(SourceError, match=message) as told:
        source(repository, tmp_path, **fields).fetch()
    assert "secret" not in str(told.value)
    assert not list(tmp_path.rglob("pwned"))


def test_an_empty_repository_is_told(repository: Repository, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="has no commit yet"):
        source(repository, tmp_path).fetch()


def test_links_and_submodules_are_reported_and_not_followed(repository: Repository, tmp_path: Path) -> None:
    (repository.clone / "link.yaml").symlink_to("/etc/passwd")
    inner = repository.commit({"a.yaml": "a"})
    repository.git("update-index", "--add", "--cacheinfo", f"160000,{inner},sub.yaml")
    repository.git("commit", "--quiet", "--message", "submodule")
    repository.git("push", "--quiet", "origin", "HEAD:main")
    revision = source(repository, tmp_path).fetch()
    assert list(revision.files) == ["a.yaml"]
    assert "symbolic link" in revision.skipped["link.yaml"]
    assert "submodule" in revision.skipped["sub.yaml"]


def test_nothing_of_the_repository_is_run(repository: Repository, tmp_path: Path) -> None:
    trap = f"#!/bin/sh\ntouch {tmp_path}/pwned\n"
    repository.commit({".gitattributes": "*.yaml filter=evil\n", "a.yaml": "a"})
    repository.git("config", "filter.evil.smudge", f"touch {tmp_path}/pwned")
    repository.git("config", "core.fsmonitor", f"touch {tmp_path}/pwned")
    for hook in ("post-checkout", "reference-transaction", "post-upload-pack", "pre-receive"):
        for place in (repository.path / "hooks", repository.clone / ".git" / "hooks"):
            place.mkdir(exist_ok=True)
            (place / hook).write_text(trap)
            (place / hook).chmod(0o755)
    for url in (repository.path, repository.clone):
        source(repository, tmp_path, url=str(url)).fetch()
    assert not (tmp_path / "pwned").exists()


def test_the_repository_of_a_calling_hook_is_left_alone(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = repository.commit({"a.yaml": "a"})
    for variable in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_WORK_TREE"):
        monkeypatch.setenv(variable, "/none")
    assert source(repository, tmp_path).fetch().commit == commit


def test_a_lock_that_a_killed_process_left_does_not_block(repository: Repository, tmp_path: Path) -> None:
    opened = source(repository, tmp_path)
    repository.commit({"a.yaml": "1"})
    opened.fetch()
    (mirror,) = (tmp_path / "state" / "sources").iterdir()
    for lock in ("packed-refs.lock", "refs/gitpod-sync/newest.lock", "config.lock"):
        (mirror / lock).write_text("")
    commit = repository.commit({"a.yaml": "2"})
    assert opened.fetch().commit == commit


@pytest.mark.parametrize("kind", ["bare", "work tree", "linked work tree"])
def test_a_change_on_this_machine_is_seen_at_once(repository: Repository, tmp_path: Path, kind: str) -> None:
    repository.commit({"a.yaml": "1"})
    repository.git("worktree", "add", "--quiet", str(tmp_path / "linked"), "-b", "linked")
    url = {"bare": repository.path, "work tree": repository.clone, "linked work tree": tmp_path / "linked"}[kind]
    changed = threading.Event()
    watch = source(repository, tmp_path, url=str(url)).watch(changed.set)
    try:
        repository.commit({"a.yaml": "2"})
        assert changed.wait(10)
    finally:
        watch.close()


def test_the_last_change_of_a_burst_is_seen(repository: Repository, tmp_path: Path) -> None:
    repository.commit({"a.yaml": "0"})
    opened = source(repository, tmp_path)
    seen: list[str] = []
    changed = threading.Event()
    watch = opened.watch(changed.set)
    try:
        for number in range(5):
            last = repository.commit({"a.yaml": f"burst {number}"})
        deadline = time.monotonic() + 20
        while not seen or seen[-1] != last:
            assert changed.wait(deadline - time.monotonic())
            changed.clear()
            seen.append(opened.fetch().commit)
    finally:
        watch.close()


def test_many_fetches_leave_no_process_and_no_descriptor(repository: Repository, tmp_path: Path) -> None:
    def open_descriptors() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    def children() -> int:
        return len(Path("/proc/self/task").joinpath(str(threading.get_native_id()), "children").read_text().split())

    opened = source(repository, tmp_path)
    repository.commit({"a.yaml": "0"})
    opened.fetch()
    before = open_descriptors(), children()
    for number in range(50):
        if number % 10 == 0:
            repository.commit({"a.yaml": f"{number}", f"{number}.yaml": "more"})
        opened.fetch()
    assert (open_descriptors(), children()) == before


def test_a_repository_of_another_user_is_read(repository: Repository, tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give files to somebody else")
    commit = repository.commit({"a.yaml": "a"})
    for path in (repository.path, *repository.path.rglob("*")):
        os.chown(path, 12345, 12345)
    assert source(repository, tmp_path).fetch().commit == commit


def test_a_new_password_is_no_new_repository(tmp_path: Path) -> None:
    specs = [SourceSpec("apps", f"https://user:{secret}@example.org/x.git") for secret in ("a", "b@c")]
    assert len({GitSource(spec, tmp_path)._mirror for spec in specs}) == 1  # noqa: SLF001 - where it keeps things
    assert "b@c" not in repr(specs)


def test_two_processes_may_fetch_into_one_mirror(repository: Repository, tmp_path: Path) -> None:
    repository.commit({"a.yaml": "main"})
    repository.commit({"a.yaml": "next"}, push="next")
    found: dict[str, set[bytes]] = {"main": set(), "next": set()}

    def follow(branch: str) -> None:
        opened = source(repository, tmp_path, branch=branch)
        for _ in range(10):
            found[branch].add(opened.fetch().files["a.yaml"].content)

    threads = [threading.Thread(target=follow, args=(branch,)) for branch in found]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {"main": {b"main"}, "next": {b"next"}}


def shallow_clone_of(repository: Repository, root: Path, *options: str) -> Path:
    """What CI checks out: one commit, and nothing of what was before."""
    url = f"file://{repository.path}"
    repository.git("clone", "--quiet", "--depth", "1", *options, url, str(root / "shallow"), cwd=root)
    return root / "shallow"


@pytest.mark.parametrize("options", [(), ("--bare",)])
@pytest.mark.parametrize("scheme", ["", "file://"])
def test_a_shallow_clone_is_a_source_that_moves_on(
    repository: Repository, tmp_path: Path, scheme: str, options: tuple[str, ...]
) -> None:
    repository.commit({"a.yaml": "1"})
    first = repository.commit({"a.yaml": "2"})
    shallow = shallow_clone_of(repository, tmp_path, *options)
    source = open_source(SourceSpec("apps", f"{scheme}{shallow}"), tmp_path / "state")
    assert source.fetch().commit == first
    repository.commit({"a.yaml": "3"})
    second = repository.commit({"a.yaml": "4"})
    repository.git("fetch", "--quiet", "--depth", "1", "origin", "+HEAD:refs/heads/next", cwd=shallow)
    repository.git("update-ref", "HEAD", second, cwd=shallow)
    fetched = source.fetch()
    assert (fetched.commit, fetched.files["a.yaml"].content) == (second, b"4")
    assert source.revision(first).files["a.yaml"].content == b"2"
    repository.git("fetch", "--quiet", "--unshallow", "origin", cwd=shallow)
    third = repository.commit({"a.yaml": "5"})
    repository.git("fetch", "--quiet", "origin", "+HEAD:refs/heads/next", cwd=shallow)
    repository.git("update-ref", "HEAD", third, cwd=shallow)
    assert source.fetch().commit == third
    # As it begins anew: what the mirror has is sound although it ends at some commits.
    again = open_source(SourceSpec("apps", f"{scheme}{shallow}"), tmp_path / "state")
    assert [again.fetch().commit, again.revision(first).commit] == [third, first]


def test_a_commit_of_a_shallow_clone_can_be_named_and_one_that_it_does_not_have_is_told(
    repository: Repository, tmp_path: Path
) -> None:
    repository.commit({"a.yaml": "1"})
    commit = repository.commit({"a.yaml": "2"})
    shallow = shallow_clone_of(repository, tmp_path)
    (revision,) = read_named_at([str(shallow)], "HEAD")
    assert (revision.commit, revision.files["a.yaml"].content) == (commit, b"2")
    with pytest.raises(SourceError, match=r"has no commit HEAD~1; .* --unshallow"):
        read_named_at([str(shallow)], "HEAD~1")


def beside(repository: Repository, tmp_path: Path, **fields: str) -> WorkTree:
    opened = source(repository, tmp_path, url=str(repository.clone), **fields)
    return opened.work_tree(opened.fetch())


def test_manifests_of_the_work_tree_that_are_not_committed_are_told(repository: Repository, tmp_path: Path) -> None:
    clone = repository.clone
    repository.commit({f"pods/{name}": "1\n" for name in ("a.yaml", "b.yaml", "c.yaml", "d.yaml", "e.yaml")})
    assert beside(repository, tmp_path) == WorkTree()
    (clone / "pods" / "a.yaml").write_text("2\n")
    repository.git("rm", "--quiet", "pods/b.yaml")
    (clone / "pods" / "c.yaml").unlink()
    (clone / "pods" / "d.yaml").write_bytes(b"1\r\n")
    (clone / "pods" / "new.yaml").write_text("1\n")
    (clone / "pods" / "staged.yaml").write_text("1\n")
    repository.git("add", "pods/staged.yaml")
    (clone / "pods" / "notes.txt").write_text("no manifest")
    (clone / "pods" / "link.yaml").symlink_to("a.yaml")
    (clone / "ignored.yaml").write_text("1\n")
    (clone / ".gitignore").write_text("ignored.yaml\n")
    below = {"a.yaml": "changed", "b.yaml": "removed", "c.yaml": "removed", "new.yaml": "new", "staged.yaml": "new"}
    assert beside(repository, tmp_path).differences == {f"pods/{name}": what for name, what in below.items()}
    assert beside(repository, tmp_path, path="pods").differences == below
    assert beside(repository, tmp_path, path="pods/a.yaml").differences == {"a.yaml": "changed"}
    assert beside(repository, tmp_path, branch="main").differences == beside(repository, tmp_path).differences


def test_a_work_tree_of_another_branch_is_told_by_its_branch_alone(repository: Repository, tmp_path: Path) -> None:
    repository.commit({"a.yaml": "1"})
    repository.git("checkout", "--quiet", "-b", "feature")
    (repository.clone / "a.yaml").write_text("2")
    assert beside(repository, tmp_path, branch="main") == WorkTree(branch="feature")


def test_what_a_sparse_checkout_leaves_out_is_not_missed(repository: Repository, tmp_path: Path) -> None:
    repository.commit({"in/a.yaml": "1", "out/b.yaml": "1"})
    repository.git("sparse-checkout", "set", "in")
    assert not (repository.clone / "out" / "b.yaml").exists()
    assert beside(repository, tmp_path) == WorkTree()


def test_a_linked_work_tree_is_compared_and_a_bare_repository_has_none(repository: Repository, tmp_path: Path) -> None:
    repository.commit({"a.yaml": "1"})
    repository.git("worktree", "add", "--quiet", "-b", "other", str(tmp_path / "linked"))
    (tmp_path / "linked" / "b.yaml").write_text("1")
    opened = source(repository, tmp_path, url=str(tmp_path / "linked"))
    assert opened.work_tree(opened.fetch()).differences == {"b.yaml": "new"}
    bare = source(repository, tmp_path)
    assert bare.work_tree(bare.fetch()) == WorkTree()


def test_no_program_of_the_repository_runs_while_the_work_tree_is_compared(
    repository: Repository, tmp_path: Path
) -> None:
    trap = tmp_path / "ran"
    repository.commit({"a.yaml": "1", ".gitattributes": "*.yaml filter=trap\n"})
    for key in ("filter.trap.clean", "filter.trap.smudge", "core.fsmonitor"):
        repository.git("config", key, f"touch {trap}; cat")
    (repository.clone / "a.yaml").write_text("2")
    assert beside(repository, tmp_path).differences == {"a.yaml": "changed"}
    assert not trap.exists()


def test_the_head_of_a_repository_on_this_machine_is_known_without_a_fetch(
    repository: Repository, tmp_path: Path
) -> None:
    commit = repository.commit({"a.yaml": "1"})
    assert source(repository, tmp_path).head() == source(repository, tmp_path, branch="main").head() == commit
    assert source(repository, tmp_path, branch="other").head() is None
    assert source(repository, tmp_path, url="ssh://nowhere.invalid/x.git").head() is None
    assert source(repository, tmp_path, url=str(tmp_path / "gone")).head() is None
    assert not (tmp_path / "state").exists()


def everything_below(folder: Path) -> dict[str, bytes]:
    return {str(each.relative_to(folder)): each.read_bytes() for each in folder.rglob("*") if each.is_file()}


@pytest.mark.parametrize("mirrored", [False, True])
def test_who_keeps_nothing_reads_the_newest_and_the_earlier_and_leaves_no_trace(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, mirrored: bool
) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    first = repository.commit({"a.yaml": "1"})
    if mirrored:
        source(repository, tmp_path).fetch()
        repository.git("checkout", "--quiet", "--orphan", "other")
    before = everything_below(tmp_path / "state")
    second = repository.commit({"a.yaml": "2"})
    opened = open_source(SourceSpec("apps", str(repository.path)), tmp_path / "state", lambda: False)
    if mirrored:
        assert opened.revision(first).files["a.yaml"].content == b"1"
    assert opened.fetch().commit == second
    assert opened.revision(first).files["a.yaml"].content == b"1"
    assert everything_below(tmp_path / "state") == before
    assert (tmp_path / "state").exists() == mirrored
    del opened
    assert not list((tmp_path / "temporary").iterdir())


def test_who_keeps_nothing_reads_a_shallow_clone_beside_its_kept_mirror(repository: Repository, tmp_path: Path) -> None:
    repository.commit({"a.yaml": "1"})
    first = repository.commit({"a.yaml": "2"})
    spec = SourceSpec("apps", str(shallow_clone_of(repository, tmp_path)))
    open_source(spec, tmp_path / "state").fetch()
    opened = open_source(spec, tmp_path / "state", lambda: False)
    assert [opened.fetch().commit, opened.revision(first).commit] == [first, first]


def test_what_was_fetched_while_nothing_could_be_kept_is_kept_as_soon_as_it_can_be(
    repository: Repository, tmp_path: Path
) -> None:
    keeps, state = [False], tmp_path / "state"
    spec = SourceSpec("apps", str(repository.path))
    opened = open_source(spec, state, lambda: keeps[0])
    repository.commit({"a.yaml": "1"})
    in_force = opened.fetch().commit
    repository.git("checkout", "--quiet", "--orphan", "other")
    newest = repository.commit({"a.yaml": "2"})
    assert not state.exists()
    keeps[0] = True
    assert opened.fetch().commit == newest
    for each in (opened, open_source(spec, state)):
        assert each.revision(in_force).files["a.yaml"].content == b"1"
