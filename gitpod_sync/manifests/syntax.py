"""What the YAML parser refuses, said in the words of somebody who writes manifests."""

import re

import yaml

from gitpod_sync.manifests.text import Flaw

CODE = "yaml-syntax"

_WORDS = {
    "mapping values are not allowed in this context": (
        "a ':' stands where no key can be",
        "check the indentation of this line and the one before; quote a text that holds ': '",
    ),
    "could not find expected ':'": (
        "a key without ':', or a text that is not indented enough",
        "check the indentation of this line and the one before",
    ),
    "did not find expected key": (
        "no key of the mapping stands here",
        "check the indentation: the keys of one mapping begin in the same column",
    ),
    "did not find expected '-' indicator": (
        "no item of the list stands here",
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
    "did not find expected alphabetic or numeric character": (
        "a text cannot begin with '*' or '&', which stand for YAML's aliases and anchors",
        "quote the text",
    ),
    "did not find expected node content": ("a value is missing", "add it, or close the brackets before"),
    "did not find expected ',' or ']'": ("the list in '[ ]' does not end", "add the missing ',' or ']'"),
    "did not find expected ',' or '}'": ("the mapping in '{ }' does not end", "add the missing ',' or '}'"),
    "did not find expected <document start>": (
        "text stands after the end of the document",
        "separate documents with a line of '---'",
    ),
}
_NESTED_TOO_DEEPLY = "exceeded maximum nesting depth"
"""libyaml's own limit, in versions that have one: it may look ahead further than we have read."""

_TEMPLATE = re.compile(r"\{\{|\{%")
_TAB_INDENT = re.compile(r"[ ]*\t")


def explain_syntax_error(error: yaml.YAMLError, text: str) -> Flaw:
    """The place and the sense of a parser's error. No text of the file is repeated: it may be a secret."""
    mark = _place_of(error, len(text))
    if mark is None:
        return Flaw(CODE, 0, 0, "the file cannot be read as YAML")
    lines = text.split("\n")
    line = lines[mark.line] if mark.line < len(lines) else ""
    place = (mark.line + 1, mark.column + 1)
    if _TEMPLATE.search(line):
        return template_flaw(*place)
    if _TAB_INDENT.match(line):
        return Flaw("tab-indent", *place, "a tab is used to indent", "indent with spaces")
    problem = getattr(error, "problem", None) or ""
    if problem == _NESTED_TOO_DEEPLY:
        return Flaw("too-deep", *place, "more collections within each other than the parser reads")
    message, hint = _WORDS.get(problem, (f"no valid YAML: {problem}", "check the quotes and the indentation"))
    return Flaw(CODE, *place, message, hint)


def template_flaw(line: int, column: int) -> Flaw:
    """A Jinja or Go template stands where a value should."""
    return Flaw("template", line, column, "the line holds a template", "render templates before they are committed")


def _place_of(error: yaml.YAMLError, end: int) -> yaml.Mark | None:
    """Where the parser stumbled, or where what it read began if it stumbled only over the end of the text."""
    if not isinstance(error, yaml.MarkedYAMLError):
        return None
    context, problem = error.context_mark, error.problem_mark
    return context if context and (problem is None or problem.index >= end) else problem
