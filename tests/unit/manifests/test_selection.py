from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from gitpod_sync.manifests.codes import Severity
from gitpod_sync.manifests.load import load_revision
from gitpod_sync.manifests.policy import DEFAULT_POLICY, Policy
from gitpod_sync.manifests.yaml.limits import Limits
from gitpod_sync.model.revision import Revision

RevisionOf = Callable[..., Revision]
CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s}\n"


def read_with(revision: Revision, policy: Policy) -> list[str]:
    loaded = load_revision(revision, policy=policy)
    assert loaded.desired is not None, loaded.diagnostics
    return sorted(key.name for key in loaded.desired.configs)


@pytest.fixture
def revision(revision_of: RevisionOf) -> Revision:
    files: Mapping[str, str] = {
        "a.yaml": CONFIG % "a",
        "apps/b.yml": CONFIG % "b",
        "vendor/c.yaml": CONFIG % "c",
        ".deploy/d.yaml": CONFIG % "d",
        "E.YAML": CONFIG % "e",
        "broken.json": "{",
    }
    return revision_of(files)


def test_include_and_exclude_say_which_files_are_read(revision: Revision) -> None:
    sound = replace(DEFAULT_POLICY, exclude=("broken.json",))
    assert read_with(revision, sound) == ["a", "b", "c", "e"]
    assert read_with(revision, replace(sound, exclude=("vendor/", "broken.json"))) == ["a", "b", "e"]
    assert read_with(revision, replace(sound, include=("apps/**",))) == ["b"]
    assert read_with(revision, replace(sound, include=("/*.yaml", ".deploy/"))) == ["a", "d", "e"]


def test_nothing_is_said_of_what_the_policy_leaves_out(revision: Revision) -> None:
    loaded = load_revision(revision, policy=replace(DEFAULT_POLICY, include=("apps/",)))
    assert loaded.diagnostics == ()


def test_limits_come_from_the_policy(revision: Revision) -> None:
    loaded = load_revision(revision, policy=replace(DEFAULT_POLICY, include=("a.yaml",), limits=Limits(file_bytes=10)))
    assert [each.code for each in loaded.diagnostics] == ["file-too-large"]


def test_a_file_that_was_too_large_for_its_source_fails_the_revision_unless_it_is_left_out(revision: Revision) -> None:
    policy = replace(DEFAULT_POLICY, include=("a.yaml", "big.yaml"))
    refused = replace(revision, refused={"big.yaml": "it is larger than 50 MiB"})
    (error,) = load_revision(refused, policy=policy).diagnostics
    assert (error.severity, error.file, error.code) == (Severity.ERROR, "big.yaml", "file-too-large")
    assert read_with(refused, replace(policy, exclude=("big.yaml",))) == ["a"]
