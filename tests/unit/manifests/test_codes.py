"""Every code that is said has an entry in the catalogue, and the page in docs/ is current."""

import re
from pathlib import Path

import gitpod_sync
from gitpod_sync.manifests.codes import AGREEMENT, CODES, FILES, NOT_YET, SHAPE, meaning
from scripts.diagnostics_page import PAGE, render_page

SOURCE = Path(gitpod_sync.__file__).parent / "manifests"
CODE = r'"([a-z]+(?:-[a-z0-9]+)*)"'
SAID = (
    re.compile(rf"\b(?:Finding|Flaw)\(\s*{CODE}"),
    re.compile(rf"\.diagnose\(\s*{CODE}"),
    re.compile(rf"\b(?:Diagnostic|about_file)\(\s*Severity\.\w+,\s*{CODE}"),
    re.compile(rf"\b_(?:flaw|flaw_after|error|warning|note)\(\s*(?:[\w.\[\]]+,\s*)?{CODE}"),
    re.compile(rf"^(?:CODE|NOT_YET|REJECTED|_[A-Z_]*CODE) = {CODE}", re.MULTILINE),
)


def said_codes() -> set[str]:
    texts = [path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py")]
    return {code for text in texts for pattern in SAID for code in pattern.findall(text)}


def test_the_scan_finds_codes_in_every_form() -> None:
    assert {
        "unknown-field",
        "tab-indent",
        "passed-over",
        "alias-bomb",
        "duplicate-object",
        "yaml-syntax",
    } <= said_codes()


def test_every_code_that_is_said_is_in_the_catalogue() -> None:
    assert sorted(said_codes() - CODES.keys()) == []


def test_the_catalogue_has_no_code_that_nothing_says() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py") if path.name != "codes.py")
    assert [code for code in CODES if f'"{code}"' not in text] == []


def test_a_code_has_one_meaning_of_one_sentence() -> None:
    assert len(CODES) == len(FILES) + len(SHAPE) + len(AGREEMENT)
    assert [code for code, text in CODES.items() if not re.fullmatch(r"[A-Z][^\n]*\.", text)] == []
    assert CODES.keys() >= NOT_YET


def test_a_code_that_is_new_stands_for_itself() -> None:
    assert meaning("brand-new") == "brand-new"


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == render_page(), "run python -m scripts.diagnostics_page"
