"""A diagnostic: one finding at one place in a file, and diagnostics as text for people."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from gitpod_sync.manifests.codes import Severity
from gitpod_sync.manifests.diagnostics.naming import contents_by_name
from gitpod_sync.manifests.yaml.frames import Lines, cut_lines, render_frame
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.revision import Revision


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding at one place. No value of a Secret is in any of its texts."""

    severity: Severity
    """An error makes the revision invalid."""
    code: str
    """Stable, for programs and searches; `manifests.codes` has them all."""
    file: str
    """Path of the file."""
    line: int
    """From 1."""
    column: int
    """From 1."""
    field: str
    """Path inside the object, like `spec.containers[0].image`; "": the object or the file."""
    message: str
    """What is wrong, in a line."""
    hint: str = ""
    """What to do; "" when the message says it."""
    object: Key | None = None
    """What it is about; None: a file."""
    is_of_file: bool = False
    """It is about the file as a whole, and stands at its beginning."""

    @property
    def place(self) -> str:
        """`file:line:column`, as editors and terminals understand it."""
        return f"{self.file}:{self.line}:{self.column}"

    @property
    def told(self) -> str:
        """Field, message and hint, for forms that show the place otherwise."""
        said = f"{self.field}: {self.message}" if self.field else self.message
        return f"{said}\nhint: {self.hint}" if self.hint else said

    def __str__(self) -> str:
        return self.headline(_plain)

    def headline(self, paint: "Paint") -> str:
        """`file:line:column: severity: field: message [code]`, as one line whatever stands in the file."""
        said = f"{self.field}: {self.message}" if self.field else self.message
        place, severity = _one_line(self.place), paint(self.severity, self.severity)
        return f"{place}: {severity}: {_one_line(said)} [{self.code}]"


def about_file(severity: Severity, code: str, file: str, message: str, hint: str = "") -> Diagnostic:
    """A diagnostic about a file as a whole."""
    return Diagnostic(severity, code, file, 1, 1, "", message, hint, is_of_file=True)


Paint = Callable[[Severity, str], str]
"""Gives a part of a text the colour of a severity."""


def _one_line(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)


def _plain(_severity: Severity, text: str) -> str:
    return text


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
    """The blocks of `render_blocks`, and a summary as the last line."""
    ordered = in_order(diagnostics)
    return "\n\n".join([*render_blocks(ordered, revisions), render_summary(ordered)]) + "\n"


def render_blocks(
    diagnostics: Iterable[Diagnostic], revisions: Sequence[Revision], paint: Paint = _plain
) -> Iterator[str]:
    """One block a diagnostic, with the offending line, a caret and the hint.

    `revisions` are those that were loaded together; a file that is in none of them gets no frame.
    """
    ordered = in_order(diagnostics)
    shown = {diagnostic.file for diagnostic in ordered if not diagnostic.is_of_file}
    lines = {name: cut_lines(content) for name, content in contents_by_name(revisions).items() if name in shown}
    for diagnostic in ordered:
        yield "\n".join(_render_block(diagnostic, lines.get(diagnostic.file), paint))


def _render_block(diagnostic: Diagnostic, lines: Lines | None, paint: Paint) -> Iterator[str]:
    yield diagnostic.headline(paint)
    if lines is not None and not diagnostic.is_of_file:
        for number, line in enumerate(render_frame(lines, diagnostic.line, diagnostic.column, diagnostic.field)):
            yield paint(diagnostic.severity, line) if number else line
    if diagnostic.hint:
        yield f"  hint: {_one_line(diagnostic.hint)}"


def render_summary(diagnostics: Iterable[Diagnostic]) -> str:
    """`2 errors, 1 warning`, or `no findings`."""
    counts = Counter(diagnostic.severity for diagnostic in diagnostics)
    parts = [counted(counts[severity], severity) for severity in Severity if counts[severity]]
    return ", ".join(parts) or "no findings"


def counted(number: int, noun: str) -> str:
    """`1 error`, `2 errors`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
