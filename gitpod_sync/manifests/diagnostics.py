"""What is said about manifests: one finding at one place, as text for people and as JSON for programs."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum

from gitpod_sync.manifests.frames import Lines, cut_lines, render_frame
from gitpod_sync.manifests.naming import contents_by_name
from gitpod_sync.model.revision import Revision


class Severity(StrEnum):
    """An error fails the revision; a warning will likely not do what was meant; a note only says what was done."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding. `line` and `column` count from 1; 0 means the file as a whole.

    `code` is stable, for programs and searches. `field` is the path inside the object, like
    `spec.containers[0].image`, or empty. `hint` says what to do, or is empty. No value of a Secret is in any of them.
    """

    severity: Severity
    code: str
    file: str
    line: int
    column: int
    field: str
    message: str
    hint: str = ""

    @property
    def place(self) -> str:
        """`file:line:column`, as editors and terminals understand it."""
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file

    def __str__(self) -> str:
        field = f"{self.field}: " if self.field else ""
        return f"{self.place}: {self.severity}: {field}{self.message} [{self.code}]"


def in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Sorted by file and line, each once."""
    return tuple(sorted(set(diagnostics), key=_order))


def _order(diagnostic: Diagnostic) -> tuple[str, int, int, str, str, str]:
    each = diagnostic
    return (each.file, each.line, each.column, each.field, each.code, each.message)


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Whether one of them fails the revision."""
    return any(diagnostic.severity is Severity.ERROR for diagnostic in diagnostics)


def render_text(diagnostics: Iterable[Diagnostic], revisions: Sequence[Revision]) -> str:
    """One block a diagnostic with the offending line and a caret, and a summary as the last line.

    `revisions` are those that were loaded together; a file that is in none of them gets no frame.
    """
    ordered = in_order(diagnostics)
    shown = {diagnostic.file for diagnostic in ordered if diagnostic.line}
    lines = {name: cut_lines(content) for name, content in contents_by_name(revisions).items() if name in shown}
    blocks = ["\n".join(_render_block(diagnostic, lines.get(diagnostic.file))) for diagnostic in ordered]
    return "\n\n".join([*blocks, render_summary(ordered)]) + "\n"


def _render_block(diagnostic: Diagnostic, lines: Lines | None) -> Iterator[str]:
    yield str(diagnostic)
    if diagnostic.line and lines is not None:
        yield from render_frame(lines, diagnostic.line, diagnostic.column, diagnostic.field)
    if diagnostic.hint:
        yield f"  hint: {diagnostic.hint}"


def render_summary(diagnostics: Iterable[Diagnostic]) -> str:
    """`2 errors, 1 warning`, or `no findings`."""
    counts = Counter(diagnostic.severity for diagnostic in diagnostics)
    parts = [_counted(counts[severity], severity) for severity in Severity if counts[severity]]
    return ", ".join(parts) or "no findings"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def render_json(diagnostics: Iterable[Diagnostic]) -> str:
    """A JSON list of objects with the fields of `Diagnostic`."""
    return json.dumps([asdict(diagnostic) for diagnostic in in_order(diagnostics)], indent=2, ensure_ascii=False) + "\n"
