"""Whatever becomes of a Secret's manifest in the hands of people: its values are in nothing that we say."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gitpod_sync.manifests.load import load_revision
from gitpod_sync.manifests.reports.as_github import render_github
from gitpod_sync.manifests.reports.as_json import render_json
from gitpod_sync.manifests.reports.as_sarif import render_sarif
from gitpod_sync.manifests.reports.as_text import render_text
from gitpod_sync.manifests.reports.report import Checkout, compute_report
from gitpod_sync.model.revision import Revision, SourceFile
from tests.support.examples import examples

MANY = examples(400)
TOKEN = "Zq7xWvKt"
"""What must not be seen. It is always a part of a text that is no plain word: such a word may become a key by a slip,
and keys of `data` that are plain words are told."""

BLOCK = f"""apiVersion: v1
kind: Secret
metadata:
  name: login
type: Opaque
data:
  first: "{TOKEN}-!*&? one"
  second: {TOKEN}%%%
stringData:
  third: '{TOKEN} {{x}}'
  fourth: |
    {TOKEN} = one: two
    --- {TOKEN}
  fifth: >-
    two {TOKEN},
    three {TOKEN}
"""
LATE_KIND = f"""stringData: &secret
  first: "{TOKEN} = 1"
  second: {TOKEN}?
metadata: {{name: login}}
apiVersion: v1
kind: "Secret"
"""
FLOW = f"""{{apiVersion: v1, kind: Secret,
 metadata: {{name: login}},
 data: {{first: "{TOKEN}!", second: '{TOKEN} x'}},
 stringData: {{third: "{TOKEN} y"}}}}
"""
LINE = json.dumps(
    {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "login"},
        "data": {"first": f"{TOKEN}??", "second": [f"{TOKEN} x"]},
    }
)
INDENTED = json.dumps(json.loads(LINE), indent=2)
LIST = f"""apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: ConfigMap
  metadata: {{name: settings}}
- apiVersion: v1
  kind: Secret
  metadata:
    name: login
  data:
    first: &first "{TOKEN}! x"
    second: *first
    third: {TOKEN}?!
"""
BESIDE = f"apiVersion: v1\nkind: Pod\nmetadata: {{name: web}}\n---\n{BLOCK}"
MANIFESTS = {
    "block": BLOCK,
    "late kind": LATE_KIND,
    "flow": FLOW,
    "one line": LINE,
    "indented JSON": INDENTED,
    "list": LIST,
    "beside a pod": BESIDE,
}


@dataclass(frozen=True)
class Slip:
    """One slip of the hand: what is done to a line, and where."""

    what: str
    line: int
    column: int


INSERTED = ["{", "}", "[", "]", ":", ": ", "- ", "'", '"', "*", "&", "!", "#", "\\", "{{", "\t", "\x00", "\ufeff", ","]
INSTEAD: dict[str, Callable[[str, int], list[str]]] = {
    "delete": lambda *_: [],
    "repeat": lambda line, _: [line, line],
    "indent": lambda line, _: ["  " + line],
    "dedent": lambda line, _: [line[2:] if line.startswith("  ") else line.lstrip()],
    "unquote": lambda line, _: [line.replace('"', "").replace("'", "")],
    "tab": lambda line, _: ["\t" + line.lstrip()],
    "separate": lambda line, _: ["---", line],
    "cut": lambda line, column: [line[:column]],
    "misspell": lambda line, _: [line.replace("Secret", "Secrte")],
    "insert": lambda line, column: [line[:column] + INSERTED[column % len(INSERTED)] + line[column:]],
}
SLIPS = st.lists(
    st.builds(
        Slip,
        st.sampled_from(["swap", *INSTEAD]),
        st.integers(0, 40),
        st.integers(0, 80),
    ),
    max_size=3,
)


def slip(text: str, done: Slip) -> str:
    lines = text.split("\n")
    at = done.line % len(lines)
    line = lines[at]
    column = done.column % (len(line) + 1)
    if done.what == "swap":
        lines[at : at + 2] = lines[at : at + 2][::-1]
    else:
        lines[at : at + 1] = INSTEAD[done.what](line, column)
    return "\n".join(lines)


def said_of(content: bytes, path: str = "a.yaml") -> str:
    revision = Revision("s", "c" * 40, {path: SourceFile(hashlib.sha1(content).hexdigest(), content)})
    report, checkout = compute_report(load_revision(revision)), Checkout("/", "/")
    texts = (render_text(report, [revision]), render_json(report))
    return "\n".join((*texts, render_sarif(report, checkout), render_github(report, checkout)))


@given(st.sampled_from(sorted(MANIFESTS)), SLIPS)
@MANY
def test_a_secret_with_slips_of_the_hand_is_not_shown(name: str, slips: list[Slip]) -> None:
    text = MANIFESTS[name]
    for each in slips:
        text = slip(text, each)
    assert TOKEN not in said_of(text.encode())


@given(st.sampled_from(sorted(MANIFESTS)), st.text(min_size=1, max_size=12))
@MANY
def test_a_secret_with_any_value_is_not_shown(name: str, value: str) -> None:
    assume(value.isprintable())
    text = MANIFESTS[name].replace(TOKEN, TOKEN + value)
    assert TOKEN not in said_of(text.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig"])
@pytest.mark.parametrize("name", sorted(MANIFESTS))
def test_a_secret_in_another_encoding_is_not_shown(name: str, encoding: str) -> None:
    said = said_of(MANIFESTS[name].replace("v1", "v1é").encode(encoding))
    assert TOKEN not in said.replace(" ", "").replace("\0", "")


@pytest.mark.parametrize("name", sorted(MANIFESTS))
def test_a_secret_in_a_very_long_line_is_not_shown(name: str) -> None:
    text = MANIFESTS[name].replace(TOKEN, "x" * 5000 + TOKEN + "{ y" * 500)
    assert TOKEN not in said_of(text.encode())
    assert TOKEN not in said_of(text.encode(), "a.json")
