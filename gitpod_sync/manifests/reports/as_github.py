"""A report as commands of GitHub Actions, which show each finding beside its line in a pull request.

Source of the format: GitHub, "Workflow commands for GitHub Actions", "Setting an error message".
"""

from collections.abc import Iterator

from gitpod_sync.manifests.codes import Severity
from gitpod_sync.manifests.diagnostics.diagnostics import Diagnostic
from gitpod_sync.manifests.reports.as_text import render_verdict
from gitpod_sync.manifests.reports.report import Checkout, Report

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
_IN_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_IN_PROPERTY = {**_IN_DATA, ":": "%3A", ",": "%2C"}


def render_github(report: Report, checkout: Checkout) -> str:
    """A command a finding, and the verdict as a plain last line."""
    commands = [_command(diagnostic, checkout) for diagnostic in report.diagnostics]
    return "\n".join([*commands, render_verdict(report), ""])


def _command(diagnostic: Diagnostic, checkout: Checkout) -> str:
    properties = ",".join(f"{name}={_escape(value, _IN_PROPERTY)}" for name, value in _properties(diagnostic, checkout))
    return f"::{_COMMANDS[diagnostic.severity]} {properties}::{_escape(diagnostic.told, _IN_DATA)}"


def _properties(diagnostic: Diagnostic, checkout: Checkout) -> Iterator[tuple[str, str]]:
    yield "file", checkout.path_of(diagnostic.file)
    yield "line", str(diagnostic.line)
    yield "col", str(diagnostic.column)
    yield "title", diagnostic.code


def _escape(text: str, signs: dict[str, str]) -> str:
    return "".join(signs.get(character, character) for character in text)
