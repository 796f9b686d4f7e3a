"""A report as SARIF, which code scanning services and editors read.

Source of the format: OASIS, Static Analysis Results Interchange Format 2.1.0; sections are named below.
"""

import json
from typing import Any
from urllib.parse import quote

from gitpod_sync import __version__
from gitpod_sync.manifests.codes import meaning
from gitpod_sync.manifests.diagnostics.diagnostics import Diagnostic
from gitpod_sync.manifests.reports.report import Checkout, Report

VERSION = "2.1.0"
SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def render_sarif(report: Report, checkout: Checkout) -> str:
    """One SARIF log. Files of the checkout are named by their path in it."""
    rules = sorted({diagnostic.code for diagnostic in report.diagnostics})
    driver = {
        "name": "gitpod-sync",
        "version": __version__,
        "rules": [{"id": code, "shortDescription": {"text": _text(meaning(code))}} for code in rules],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(diagnostic, rules.index(diagnostic.code), checkout) for diagnostic in report.diagnostics],
    }
    return json.dumps({"$schema": SCHEMA, "version": VERSION, "runs": [run]}, indent=2, ensure_ascii=False) + "\n"


def _result(diagnostic: Diagnostic, rule: int, checkout: Checkout) -> dict[str, Any]:
    location: dict[str, Any] = {"physicalLocation": _physical(diagnostic, checkout)}
    if diagnostic.object is not None:
        location["logicalLocations"] = [{"fullyQualifiedName": str(diagnostic.object)}]
    return {
        "ruleId": diagnostic.code,
        "ruleIndex": rule,
        "level": diagnostic.severity.value,
        "message": {"text": _text(diagnostic.told)},
        "locations": [location],
    }


def _physical(diagnostic: Diagnostic, checkout: Checkout) -> dict[str, Any]:
    region = {"startLine": diagnostic.line, "startColumn": diagnostic.column}
    return {"artifactLocation": {"uri": _uri(checkout.path_of(diagnostic.file))}, "region": region}


def _uri(name: str) -> str:
    """A relative reference or a file URI (section 3.4.3); a colon in the first part would make a scheme of it."""
    quoted = quote(name, safe="/~")
    return f"file://{quoted}" if name.startswith("/") else quoted


def _text(text: str) -> str:
    """Braces stand for placeholders unless doubled (section 3.11.5)."""
    return text.replace("{", "{{").replace("}", "}}")
