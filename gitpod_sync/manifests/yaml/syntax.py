"""Refusals of the YAML parser, in the words of somebody who writes manifests."""

import re
from collections.abc import Sequence

import yaml

from gitpod_sync.manifests.yaml.frames import LINE_BREAK
from gitpod_sync.manifests.yaml.text import Flaw

CODE = "yaml-syntax"
RENDER_TEMPLATES = "render templates before they are committed"

_NO_KEY = "did not find expected key"
_NO_ALIAS = "did not find expected alphabetic or numeric character"
_NO_DOCUMENT_START = "did not find expected <document start>"
_WORDS = {
    "mapping values are not allowed in this context": (
        "a ':' stands where no key can be",
        "check the indentation of this line and the one before; quote a text that holds ': '",
    ),
    "could not find expected ':'": (
        "a key without ':', or a text that is not indented enough",
        "check the indentation of this line and the one before",
    ),
    _NO_KEY: (
        "a key of the mapping is expected here",
        "check the indentation: the keys of one mapping begin in the same column",
    ),
    "did not find expected '-' indicator": (
        "an item of the list is expected here",
        "check the indentation: the '-' of one list stand in the same column",
    ),
    "found unexpected end of stream": ("the quoted text does not end", "add the closing quote"),
    "found unknown escape character": (
        "the backslash sequence is unknown",
        "use single quotes, in which a backslash means itself, or write two backslashes",
    ),
    "found character that cannot start any token": (
        "no value can begin with this character",
        "quote the text",
    ),
    "block sequence entries are not allowed in this context": (
        "a list cannot begin here",
        "put the '-' on a line of its own, below the key",
    ),
    _NO_ALIAS: (
        "a text cannot begin with '*' or '&', which stand for YAML's aliases and anchors",
        "quote the text",
    ),
    "found a tab character that violates indentation": ("a tab is used to indent", "indent with spaces"),
    "found incompatible YAML document": (
        "this version of YAML is unknown",
        "take out the line that begins with '%YAML'",
    ),
    "found duplicate %YAML directive": ("the '%YAML' line is given twice", "take one out"),
    "could not find expected directive name": (
        "a line cannot begin with '%', which stands for YAML's directives",
        "quote the text, or indent it",
    ),
    "found unknown directive name": (
        "a line cannot begin with '%', which stands for YAML's directives",
        "quote the text, or indent it",
    ),
    "found undefined tag handle": ("the tag is unknown", "quote the text if it begins with '!'"),
    "did not find URI escaped octet": ("the tag is unknown", "quote the text if it begins with '!'"),
    "did not find expected node content": ("a value is missing", "add it, or close the brackets before"),
    "did not find expected ',' or ']'": ("the list in '[ ]' does not end", "add the missing ',' or ']'"),
    "did not find expected ',' or '}'": ("the mapping in '{ }' does not end", "add the missing ',' or '}'"),
    _NO_DOCUMENT_START: (
        "text stands after the end of the document",
        "separate documents with a line of '---'",
    ),
}
_NESTED_TOO_DEEPLY = "exceeded maximum nesting depth"
"""libyaml's own limit, in versions that have one: it may look ahead further than we have read."""

_TEMPLATE = re.compile(r"\{\{|\{%")
_TAB_INDENT = re.compile(r"[ ]*\t")
_CONFLICT = re.compile(r"<{7} |>{7} ")
_KEY_WITHOUT_SPACE = re.compile(r"\s*(- )?[A-Za-z]+:[^\s:/]+\s*")
_BEHIND_AN_OPENING_QUOTE = re.compile(r"""^\s*(- )?([\w./-]+: +|- +)["']$""", re.ASCII)
_SLASH_COMMENT = re.compile(r"\s*(//|/\*)")


def explain_syntax_error(error: yaml.YAMLError, text: str) -> Flaw:
    """The place and the sense of a parser's error. No text of the file is repeated: it may be a secret."""
    mark = _place_of(error, text)
    if mark is None:
        return Flaw(CODE, 0, 0, "the file cannot be read as YAML")
    lines = LINE_BREAK.split(text)
    place = _last_place(lines) if mark.index >= len(text) else (mark.line + 1, mark.column + 1)
    line = lines[place[0] - 1]
    conflict = next((number for number, each in enumerate(lines, 1) if _CONFLICT.match(each)), 0)
    if conflict:
        return Flaw(
            "merge-conflict", conflict, 1, "a conflict of a merge is left in", "resolve it, and take out the marks"
        )
    if _TEMPLATE.search(line):
        return template_flaw(*place)
    if _TAB_INDENT.match(line):
        return Flaw("tab-indent", *place, "a tab is used to indent", "indent with spaces")
    return _by_lines(lines, place[0]) or _by_problem(getattr(error, "problem", None) or "", line, place)


def _by_lines(lines: Sequence[str], number: int) -> Flaw | None:
    """The parser stumbles only behind what it took for the beginning of a text of several lines."""
    before, there = ("", *lines, "")[number - 1 : number + 1]
    for line, found in ((there, number), (before, number - 1)):
        if _SLASH_COMMENT.match(line):
            message = "a comment cannot begin with '//' or '/*'"
            return Flaw(CODE, found, 1, message, "begin comments with '#', or take them out")
    if _KEY_WITHOUT_SPACE.fullmatch(before):
        return Flaw(CODE, number - 1, before.index(":") + 1, "no space follows the ':' of the key", "put one after it")
    return None


def _by_problem(problem: str, line: str, place: tuple[int, int]) -> Flaw:
    if problem == _NESTED_TOO_DEEPLY:
        return Flaw("too-deep", *place, "more collections within each other than the parser reads")
    if problem == _NO_KEY and _BEHIND_AN_OPENING_QUOTE.search(line[: place[1] - 1]):
        message = "a quoted text that began in a line before ends here"
        return Flaw(CODE, *place, message, "add the closing quote where it is missing")
    if problem == _NO_KEY and line[max(place[1] - 2, 0) : place[1] - 1] in {'"', "'"}:
        hint = "inside double quotes write a quote as \\\", inside single ones as ''"
        return Flaw(CODE, *place, "something stands behind the closing quote", hint)
    message, hint = _WORDS.get(problem, (f"not valid YAML: {problem}", "check the quotes and the indentation"))
    return Flaw(CODE, *place, message, hint)


def template_flaw(line: int, column: int) -> Flaw:
    """A Jinja or Go template stands where a value should."""
    return Flaw("template", line, column, "the line holds a template", RENDER_TEMPLATES)


def another_json_text(error: yaml.YAMLError, text: str) -> yaml.Mark | None:
    """The place of a JSON text right after another, if the parser stumbled over it."""
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem != _NO_DOCUMENT_START:
        return None
    mark = error.problem_mark
    return mark if mark and text[mark.index] == "{" and text.lstrip().startswith("{") else None


def _last_place(lines: Sequence[str]) -> tuple[int, int]:
    """The place of an error at the end of the text: the last line that holds something."""
    number = next((number for number in range(len(lines), 0, -1) if lines[number - 1].strip()), 1)
    return number, max(1, len(lines[number - 1].rstrip()))


def _place_of(error: yaml.YAMLError, text: str) -> yaml.Mark | None:
    """Where the parser stumbled, or where its last item began if it stumbled behind that or over the text's end.

    JSON has no indentation that could go wrong: when that ends too early, something is missing at its end.
    """
    if not isinstance(error, yaml.MarkedYAMLError):
        return None
    context, problem = error.context_mark, error.problem_mark
    is_at_end = problem is None or problem.index >= len(text)
    is_behind = is_at_end and not (problem and text.lstrip().startswith("{"))
    return context if context and (is_behind or error.problem == _NO_ALIAS) else problem
