from collections.abc import Callable

import pytest

from gitpod_sync.manifests.codes import Severity
from gitpod_sync.manifests.diagnostics.diagnostics import Diagnostic, about_file, render_summary, render_text
from gitpod_sync.model.revision import Revision

RevisionOf = Callable[..., Revision]


def at(
    line: int, column: int, field: str = "", file: str = "a.yaml", severity: Severity = Severity.ERROR
) -> Diagnostic:
    return Diagnostic(severity, "code", file, line, column, field, "it is wrong", "mend it")


def test_the_caret_stands_under_the_column(revision_of: RevisionOf) -> None:
    text = render_text([at(2, 4, "a.b")], [revision_of({"a.yaml": "a:\n  b: c\n"})])
    assert text == (
        "a.yaml:2:4: error: a.b: it is wrong [code]\n    2 |   b: c\n      |    ^\n  hint: mend it\n\n1 error\n"
    )


def test_a_long_line_is_cut_around_the_column(revision_of: RevisionOf) -> None:
    text = render_text([at(1, 5001)], [revision_of({"a.yaml": "x" * 5000 + "HERE" + "y" * 5000})])
    frame, caret = text.splitlines()[1:3]
    assert len(frame) < 120
    assert frame[caret.index("^") :].startswith("HERE")


@pytest.mark.parametrize("place", ["url", "https", "more", "after"])
def test_no_credential_of_a_url_is_in_a_frame_and_the_caret_stays_at_its_place(
    revision_of: RevisionOf, place: str
) -> None:
    line = "{url: 'https://me:hunter2@host/a?token=hunter2', more: 'https://hunter2@host/', after: 1}"
    text = render_text([at(1, line.index(place) + 1)], [revision_of({"a.yaml": line + "\n"})])
    frame, caret = text.splitlines()[1:3]
    assert frame.endswith("{url: 'https://host/a?***', more: 'https://host/', after: 1}")
    assert frame[caret.index("^") :].startswith(place)


def test_a_caret_within_a_credential_moves_to_where_that_stood(revision_of: RevisionOf) -> None:
    line = "url: https://me:hunter2@host/a"
    text = render_text([at(1, line.index("hunter2") + 3)], [revision_of({"a.yaml": line + "\n"})])
    frame, caret = text.splitlines()[1:3]
    assert frame[caret.index("^") - 3 :] == "://host/a"


def test_a_place_beyond_the_file_and_a_file_that_is_not_there_get_no_frame(revision_of: RevisionOf) -> None:
    revision = revision_of({"a.yaml": "a: 1\n"})
    text = render_text(
        [at(9, 1), at(1, 1, file="gone.yaml"), about_file(Severity.NOTE, "passed-over", "a.yaml", "passed over")],
        [revision],
    )
    assert " | " not in text


def test_diagnostics_are_told_once_in_the_order_of_the_file(revision_of: RevisionOf) -> None:
    note = at(1, 1, severity=Severity.NOTE)
    text = render_text([at(3, 1), note, at(3, 1)], [revision_of({})])
    assert [line.split(":")[1] for line in text.splitlines() if line.startswith("a.yaml")] == ["1", "3"]
    assert text.endswith("1 error, 1 note\n")


def test_a_summary_counts_by_severity() -> None:
    assert render_summary([]) == "no findings"
    assert render_summary([at(1, 1), at(2, 1), at(1, 1, severity=Severity.WARNING)]) == "2 errors, 1 warning"


def test_a_finding_is_one_line_whatever_stands_in_the_file(revision_of: RevisionOf) -> None:
    finding = Diagnostic(Severity.ERROR, "code", "a.yaml", 1, 1, "", "`x\n::add-mask::y\x1b[2J` is wrong", "no\nyes")
    text = render_text([finding], [revision_of({})])
    assert text == (
        "a.yaml:1:1: error: `x\N{REPLACEMENT CHARACTER}::add-mask::y\N{REPLACEMENT CHARACTER}[2J` is wrong [code]\n"
        "  hint: no\N{REPLACEMENT CHARACTER}yes\n\n1 error\n"
    )


@pytest.mark.parametrize(
    ("text", "line", "field"),
    [
        ("kind: Secret\nstringData:\n  password: hunter2\n", 3, "stringData.password"),
        ("kind: Secret\nstringData:\n  password: hunter2\n", 3, ""),
        ("kind: Secret\nstringData:\n  name: hunter2\n", 3, "stringData.name"),
        ("kind: Secret\npassword: hunter2\n", 2, "kind"),
        ('kind: "Secret"\nstringData: {a: hunter2}\n', 2, "metadata.name"),
        ('{"kind":"Secret","metadata":{"name":"X"},"stringData":{"a":"hunter2"}}\n', 1, "metadata.name"),
        ("? kind\n: Secret\n? data\n: {a: hunter2}\n", 4, ""),
        ("kind: !!str Secret\ndata: {a: hunter2}\n", 2, ""),
        ("kind: secret\ndata: {a: hunter2}\n", 2, ""),
        ("kind: List\nitems:\n- kind: Secret\n  data: {a: hunter2}\n", 4, "items[0].data"),
        ("data: {a: hunter2}\nkind: Secret\n", 1, "metadata"),
        ("kind: Secret\nmetadata:\n  password: hunter2\n", 3, "metadata.password"),
    ],
)
def test_a_frame_hides_the_lines_of_a_secret(revision_of: RevisionOf, text: str, line: int, field: str) -> None:
    shown = render_text([at(line, 1, field)], [revision_of({"a.yaml": text})])
    assert "hunter2" not in shown
    assert "********" in shown


def test_a_frame_shows_the_head_of_a_secret_and_the_documents_beside_it(revision_of: RevisionOf) -> None:
    revision = revision_of({"a.yaml": "kind: Secret\nmetadata:\n  name: X\n---\nkind: Pod\nspec: secret\n"})
    shown = render_text([at(3, 9, "metadata.name"), at(6, 1, "spec")], [revision])
    assert "name: X" in shown
    assert "spec: secret" in shown
