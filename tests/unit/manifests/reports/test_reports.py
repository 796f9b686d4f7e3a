"""One report in each of its forms."""

import json
from dataclasses import replace
from typing import Any

import pytest

from gitpod_sync import __version__
from gitpod_sync.manifests.codes import CODES, Severity
from gitpod_sync.manifests.diagnostics.diagnostics import Diagnostic, about_file
from gitpod_sync.manifests.load import Loaded, load_revisions
from gitpod_sync.manifests.reports.as_github import render_github
from gitpod_sync.manifests.reports.as_json import render_json
from gitpod_sync.manifests.reports.as_sarif import render_sarif
from gitpod_sync.manifests.reports.as_text import render_text, render_verdict
from gitpod_sync.manifests.reports.report import Checkout, Counts, Report, compute_report
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.revision import Revision, SourceFile

CHECKOUT = Checkout("/work", "/work")
ODD = about_file(Severity.WARNING, "brand-new", "odd, name: 100%.yaml", "first\r\nsecond: {100%}")


def with_odd(report: Report) -> Report:
    return replace(report, diagnostics=(*report.diagnostics, ODD))


def uncoloured(text: str) -> str:
    for code in ("\x1b[31m", "\x1b[33m", "\x1b[36m", "\x1b[0m"):
        text = text.replace(code, "")
    return text


def test_text_is_a_block_a_finding_and_the_verdict(report: Report, revision: Revision) -> None:
    assert uncoloured(render_text(report, [revision])) == (
        "broken.yaml:1:4: error: a value is missing [yaml-syntax]\n"
        "    1 | a: [\n"
        "      |    ^\n"
        "  hint: add it, or close the brackets before\n"
        "\n"
        "web.yaml:8:1: note: status: `status` has no meaning here: "
        "a status is observed, not asked for [without-meaning]\n"
        "    8 | status: {phase: Running}\n"
        "      | ^\n"
        "\n"
        "web.yaml:12:5: error: spec.containers[0].imag: unknown field `imag` [unknown-field]\n"
        '   12 |     imag: "100%, {x}"\n'
        "      |     ^\n"
        "  hint: did you mean `image`?\n"
        "\n"
        "invalid: 2 objects in 2 files: 2 errors, 1 note\n"
    )


def test_severities_have_their_colours(report: Report, revision: Revision) -> None:
    text = render_text(report, [revision])
    assert "\x1b[31merror\x1b[0m: a value" in text
    assert "\x1b[36mnote\x1b[0m: status" in text


@pytest.mark.parametrize(
    ("counts", "verdict"),
    [
        (Counts(), "valid: 0 objects in 0 files"),
        (Counts(warnings=1, notes=2), "valid: 0 objects in 0 files: 1 warning, 2 notes"),
        (Counts(errors=3, not_yet=2), "invalid: 0 objects in 0 files: 3 errors (2 of them not honoured yet)"),
    ],
)
def test_the_verdict_tells_what_is_only_not_honoured_yet(empty: Report, counts: Counts, verdict: str) -> None:
    assert render_verdict(replace(empty, counts=counts)) == verdict


def test_json_has_every_finding_every_object_and_the_sums(report: Report) -> None:
    document = json.loads(render_json(report))
    assert list(document) == ["diagnostics", "objects", "summary"]
    assert [each["file"] for each in document["diagnostics"]] == ["broken.yaml", "web.yaml", "web.yaml"]
    assert document["diagnostics"][0]["object"] is None
    assert document["diagnostics"][2] == {
        "file": "web.yaml",
        "line": 12,
        "column": 5,
        "field": "spec.containers[0].imag",
        "code": "unknown-field",
        "severity": "error",
        "message": "unknown field `imag`",
        "hint": "did you mean `image`?",
        "object": {"kind": "Pod", "namespace": "default", "name": "web"},
    }
    place: dict[str, Any] = {"file": "web.yaml", "warnings": 0}
    assert document["objects"] == [
        {"kind": "ConfigMap", "namespace": "shop", "name": "settings", "line": 1, "errors": 0, "notes": 0, **place},
        {"kind": "Pod", "namespace": "default", "name": "web", "line": 5, "errors": 1, "notes": 1, **place},
    ]
    assert document["summary"] == {
        "files": 2,
        "objects": 2,
        "errors": 2,
        "warnings": 0,
        "notes": 1,
        "not_yet": 0,
        "valid": False,
    }


def test_what_is_not_honoured_yet_is_counted_by_its_code() -> None:
    codes = ("kind-not-yet", "not-yet", "unknown-field")
    found = tuple(Diagnostic(Severity.ERROR, code, "a.yaml", 1, 1, "", "no") for code in codes)
    counts = compute_report(Loaded(desired=None, diagnostics=found, seen=(), files=1)).counts
    assert (counts.errors, counts.not_yet) == (3, 2)


def test_two_objects_of_one_name_in_a_file_have_each_its_own_findings() -> None:
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: c, image: i:1}]}\n---\n"
    revision = Revision("s", "c", {"pods.yaml": SourceFile("b", (pod + pod).encode())})
    report = compute_report(load_revisions([revision]))
    assert [(seen.line, counts.errors) for seen, counts in report.objects] == [(1, 0), (6, 1)]


def test_every_object_of_a_list_is_told_and_the_list_is_none() -> None:
    items = "- {apiVersion: v1, kind: Namespace, metadata: {name: shop}}\n- {apiVersion: v9, kind: Unicorn}\n"
    revision = Revision("s", "c", {"l.yaml": SourceFile("b", f"apiVersion: v1\nkind: List\nitems:\n{items}".encode())})
    report = compute_report(load_revisions([revision]))
    assert [(seen.object, seen.line) for seen, _ in report.objects] == [
        (Key("Namespace", "", "shop"), 4),
        (Key("Unicorn", "default", ""), 5),
    ]


def sarif_of(report: Report, checkout: Checkout = CHECKOUT) -> dict[str, Any]:
    document = json.loads(render_sarif(report, checkout))
    assert document["version"] == "2.1.0"
    (run,) = document["runs"]
    assert isinstance(run, dict)
    return run


def test_sarif_has_a_rule_for_every_code(report: Report) -> None:
    run = sarif_of(with_odd(report))
    driver = run["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("gitpod-sync", __version__)
    rules = driver["rules"]
    assert [rule["id"] for rule in rules] == ["brand-new", "unknown-field", "without-meaning", "yaml-syntax"]
    assert rules[1]["shortDescription"]["text"] == CODES["unknown-field"]
    assert [rules[result["ruleIndex"]]["id"] for result in run["results"]] == [
        result["ruleId"] for result in run["results"]
    ]


def test_a_result_of_sarif_has_level_text_place_and_object(report: Report) -> None:
    run = sarif_of(report)
    assert run["results"][2] == {
        "ruleId": "unknown-field",
        "ruleIndex": 0,
        "level": "error",
        "message": {"text": "spec.containers[0].imag: unknown field `imag`\nhint: did you mean `image`?"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": "web.yaml"},
                    "region": {"startLine": 12, "startColumn": 5},
                },
                "logicalLocations": [{"fullyQualifiedName": "Pod default/web"}],
            }
        ],
    }


def test_sarif_quotes_paths_and_braces_and_always_has_a_line(report: Report) -> None:
    odd = sarif_of(with_odd(report))["results"][-1]
    assert odd["message"]["text"] == "first\r\nsecond: {{100%}}"
    physical = odd["locations"][0]["physicalLocation"]
    assert physical["artifactLocation"]["uri"] == "odd%2C%20name%3A%20100%25.yaml"
    assert physical["region"] == {"startLine": 1, "startColumn": 1}


def test_sarif_without_findings_still_has_results(empty: Report) -> None:
    run = sarif_of(empty)
    assert run["results"] == []
    assert run["tool"]["driver"]["rules"] == []


@pytest.mark.parametrize(
    ("checkout", "name", "path"),
    [
        (CHECKOUT, "pods/web.yaml", "pods/web.yaml"),
        (CHECKOUT, "/work/pods/web.yaml", "pods/web.yaml"),
        (CHECKOUT, "/workshop/web.yaml", "/workshop/web.yaml"),
        (CHECKOUT, "../web.yaml", "../web.yaml"),
        (CHECKOUT, "<stdin>", "<stdin>"),
        (Checkout("/work", "/work/pods"), "web.yaml", "pods/web.yaml"),
        (Checkout("/work", "/work/pods"), "../web.yaml", "web.yaml"),
        (Checkout("/", "/pods"), "web.yaml", "pods/web.yaml"),
    ],
)
def test_files_are_named_by_their_path_in_the_checkout(checkout: Checkout, name: str, path: str) -> None:
    assert checkout.path_of(name) == path


def test_a_file_outside_the_checkout_is_a_file_uri(report: Report) -> None:
    outside = replace(report, diagnostics=(replace(ODD, file="/srv/a b.yaml"),))
    location = sarif_of(outside)["results"][0]["locations"][0]["physicalLocation"]
    assert location["artifactLocation"]["uri"] == "file:///srv/a%20b.yaml"


def test_github_is_a_command_a_finding(report: Report) -> None:
    assert render_github(with_odd(report), CHECKOUT) == (
        "::error file=broken.yaml,line=1,col=4,title=yaml-syntax::"
        "a value is missing%0Ahint: add it, or close the brackets before\n"
        "::notice file=web.yaml,line=8,col=1,title=without-meaning::"
        "status: `status` has no meaning here: a status is observed, not asked for\n"
        "::error file=web.yaml,line=12,col=5,title=unknown-field::"
        "spec.containers[0].imag: unknown field `imag`%0Ahint: did you mean `image`?\n"
        "::warning file=odd%2C name%3A 100%25.yaml,line=1,col=1,title=brand-new::first%0D%0Asecond: {100%25}\n"
        "invalid: 2 objects in 2 files: 2 errors, 1 note\n"
    )
