"""A folder a case, by topics: manifests of one revision, and in expected.txt what is said about them.

Those of mistakes/ hold what people get wrong. That a kind or field is only still to come is left out there, so that a
case stays true when it comes.
"""

import hashlib
from pathlib import Path

import pytest

from gitpod_sync.manifests.codes import NOT_YET, Severity
from gitpod_sync.manifests.diagnostics.diagnostics import has_errors, render_text
from gitpod_sync.manifests.load import load_revision
from gitpod_sync.model.revision import Revision, SourceFile

CASES = Path(__file__).parent / "manifests"
MISTAKES = Path(__file__).parent / "mistakes"
EXPECTED = "expected.txt"


def named(folder: Path) -> str:
    """Its topic and its sentence."""
    return f"{folder.parent.name}/{folder.name}"


def read_case(folder: Path) -> Revision:
    files = {
        path.relative_to(folder).as_posix(): SourceFile(hashlib.sha1(path.read_bytes()).hexdigest(), path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != EXPECTED
    }
    return Revision("case", "c" * 40, files)


@pytest.mark.parametrize("folder", sorted(CASES.glob("*/*")), ids=named)
def test_manifests_are_answered_as_expected(folder: Path) -> None:
    revision = read_case(folder)
    loaded = load_revision(revision)
    assert render_text(loaded.diagnostics, [revision]) == (folder / EXPECTED).read_text(encoding="utf-8")
    assert (loaded.desired is None) == has_errors(loaded.diagnostics)


@pytest.mark.parametrize("folder", sorted(MISTAKES.glob("*/*")), ids=named)
def test_mistakes_are_answered_as_expected(folder: Path) -> None:
    revision = read_case(folder)
    found = [each for each in load_revision(revision).diagnostics if each.code not in NOT_YET]
    assert render_text(found, [revision]) == (folder / EXPECTED).read_text(encoding="utf-8")
    assert any(each.severity is not Severity.NOTE for each in found)


def test_no_case_shows_the_secret_that_its_manifests_hold() -> None:
    folders = [*CASES.glob("*/a-secret-*"), *MISTAKES.glob("*/*secret*")]
    texts = [(folder / EXPECTED).read_text(encoding="utf-8") for folder in folders]
    assert texts
    assert not [text for text in texts for value in ("hunter", "987654", "123456") if value in text]
