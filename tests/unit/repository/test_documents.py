"""What documents name is there: files, headings, modules and what stands in them."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from click import Context

from gitpod_sync.cli.main import cli
from gitpod_sync.model.base import labels

ROOT = Path(__file__).parents[3]
PACKAGE = ROOT / "gitpod_sync"
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])

_GENERATED = {"support.md", "diagnostics.md"}
"""They name fields and codes, which look like modules, and are made from tables."""

_LINK = re.compile(r"\[[^]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"`([^`\n]+)`")
_PATH = re.compile(r"[\w.-]+(/[\w.-]+)*/?")
_DOTTED = re.compile(r"[a-z_]+(\.\w+)+")


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    assert [link for link in _links(page) if not _leads_somewhere(page, link)] == []


@pytest.mark.parametrize("page", [each for each in PAGES if each.name not in _GENERATED], ids=name_of)
def test_files_and_modules_are_there(page: Path) -> None:
    named = {word for code in _CODE.findall(_without_blocks(page)) for word in code.split()}
    assert [each for each in sorted(named) if _is_ours(each) and not (_is_file(each) or _is_in_a_module(each))] == []


def test_what_is_not_there_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# A `Title`, and more\n[there](#a-title-and-more) [gone](#gone) [lost](lost.md)\n")
    assert [link for link in _links(page) if not _leads_somewhere(page, link)] == ["#gone", "lost.md"]
    assert _is_ours("plan/nowhere")
    assert not _is_file("plan/nowhere")
    assert _is_in_a_module("plan.reconcile.compute_plan")
    assert not _is_in_a_module("plan.reconcile.compute_nothing")


def test_every_page_is_linked_to() -> None:
    found = {(page.parent / link.partition("#")[0]).resolve() for page in PAGES for link in _links(page)}
    assert [name_of(page) for page in PAGES if page not in found and page != ROOT / "README.md"] == []


def test_the_guide_has_every_command() -> None:
    page = (ROOT / "docs" / "guide" / "commands.md").read_text(encoding="utf-8")
    assert [each for each in cli.list_commands(Context(cli)) if not re.search(rf"`{each}\b", page)] == []


def test_the_guide_has_every_label_and_annotation_of_ours() -> None:
    page = (ROOT / "docs" / "guide" / "labels.md").read_text(encoding="utf-8")
    keys = {value.removeprefix(labels.PREFIX) for value in vars(labels).values() if _is_key(value)}
    assert [each for each in sorted(keys) if f"`{labels.PREFIX}{each}`" not in page and f"`…/{each}`" not in page] == []


def test_the_layers_are_those_that_the_contract_holds() -> None:
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    [held] = [each["layers"] for each in tools["importlinter"]["contracts"] if each["name"] == "Data goes one way"]
    page = (ROOT / "docs" / "architecture" / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"^    (\S.*)$", page, re.MULTILINE) == [each.replace("gitpod_sync.", "") for each in held]


def _is_key(value: object) -> bool:
    return isinstance(value, str) and value.startswith(labels.PREFIX) and value != labels.PREFIX


def _links(page: Path) -> Iterator[str]:
    return (each for each in _LINK.findall(_without_blocks(page)) if "://" not in each)


def _leads_somewhere(page: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = page.parent / path if path else page
    return target.exists() and (not anchor or anchor in _anchors(target))


def _anchors(page: Path) -> set[str]:
    """Those that a forge gives to the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", _without_blocks(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}


def _without_blocks(page: Path) -> str:
    """The text without what is quoted from a terminal or a file."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"^    .*$", "", text, flags=re.MULTILINE)


def _is_ours(code: str) -> bool:
    """It looks like a path, or like something in a module, whose first part is a folder of the tree or the package."""
    separator = "/" if _PATH.fullmatch(code) and "/" in code else "." if _DOTTED.fullmatch(code) else ""
    first = code.partition(separator)[0] if separator else ""
    return bool(first) and any((root / first).is_dir() for root in (ROOT, PACKAGE))


def _is_file(code: str) -> bool:
    return any((root / f"{code}{suffix}").exists() for root in (ROOT, PACKAGE) for suffix in ("", ".py"))


def _is_in_a_module(code: str) -> bool:
    """`plan.reconcile`, or `plan.reconcile.compute_plan`: a module, or a name that it defines."""
    parts = code.removeprefix("gitpod_sync.").split(".")
    if _is_file("/".join(parts)):
        return True
    *module, name = parts
    path = PACKAGE.joinpath(*module).with_suffix(".py")
    defined = re.compile(rf"^(class |def )?{name}\b", re.MULTILINE)
    return path.is_file() and bool(defined.search(path.read_text(encoding="utf-8")))
