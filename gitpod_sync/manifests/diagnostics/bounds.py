"""Limits of what is said: no credential, the length of one text, and the number of findings.

A file may hold hundreds of thousands of mistakes, and a name in it a million characters. Nobody reads so much, and a
log that repeats it is a mistake of its own.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import TypeVar

from gitpod_sync.manifests.codes import Severity
from gitpod_sync.manifests.diagnostics.diagnostics import Diagnostic, about_file, counted, in_order
from gitpod_sync.model.base.meta import Key
from gitpod_sync.redaction import redact

IN_FILE = 100
IN_REVISION = 1000
_LONGEST_TEXT = 400
_LONGEST_NAME = 253
_HINT = "correct what is shown, and look again"
_GRAVITY = {severity: rank for rank, severity in enumerate(Severity)}

T = TypeVar("T")


def bounded(text: str, longest: int = _LONGEST_TEXT) -> str:
    """The text without credentials in its URLs, cut when somebody's value has made it very long."""
    text = redact(text)
    return text if len(text) <= longest else f"{text[:longest]}…"


def bounded_key(key: Key) -> Key:
    """The key of an object, cut when it is longer than that of any valid one."""
    return Key(*(bounded(part, _LONGEST_NAME) for part in (key.kind, key.namespace, key.name)))


def gravest(items: Sequence[T], most: int, severity_of: Callable[[T], Severity]) -> Sequence[T]:
    """At most so many items, errors before all others, in the given order."""
    if len(items) <= most:
        return items
    by_gravity = sorted(range(len(items)), key=lambda index: _GRAVITY[severity_of(items[index])])
    return [items[index] for index in sorted(by_gravity[:most])]


def bounded_findings(diagnostics: Iterable[Diagnostic], left_out: Mapping[str, int]) -> tuple[Diagnostic, ...]:
    """At most so many findings of each file and of all, in order, and how many more there are.

    `left_out` are those that were not kept before, by file.
    """
    more = Counter(left_out)
    shown: list[Diagnostic] = []
    for file, group in groupby(in_order(diagnostics), lambda each: each.file):
        found = tuple(group)
        shown += gravest(found, IN_FILE, _severity)
        more[file] += max(0, len(found) - IN_FILE)
    kept = gravest(shown, IN_REVISION, _severity)
    more += Counter(each.file for each in shown) - Counter(each.file for each in kept)
    return in_order([*kept, *_told(more, {each.file for each in kept})])


def _told(more: Mapping[str, int], shown: set[str]) -> Iterator[Diagnostic]:
    """A note at each file of which something is shown; the others share one."""
    elsewhere = sorted(file for file, count in more.items() if count and file not in shown)
    for file, count in more.items():
        if count and file in shown:
            yield _more(file, f"{counted(count, 'more finding')} in this file {_are(count)} not shown")
    if elsewhere:
        count = sum(more[file] for file in elsewhere)
        where = "this file" if len(elsewhere) == 1 else f"this file and {counted(len(elsewhere) - 1, 'other')}"
        yield _more(elsewhere[0], f"{counted(count, 'finding')} in {where} {_are(count)} not shown")


def _more(file: str, message: str) -> Diagnostic:
    return about_file(Severity.NOTE, "more-findings", file, message, _HINT)


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _severity(diagnostic: Diagnostic) -> Severity:
    return diagnostic.severity
