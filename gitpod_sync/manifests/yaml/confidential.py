"""Documents of a file that may hold a Secret, judged by their text alone.

A file that cannot be parsed, or whose `kind` is misspelt or missing, can hold secrets all the same. So a document may
be shown only when its text names a kind that is none, or when it looks like no manifest at all.
"""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import accumulate, groupby

_DOCUMENT_START = re.compile(r"---(\s|$)")
_SPEAKS_OF_SECRET = re.compile(r"kind\W{1,20}(!!str\W{1,20})?\w{0,20}secret|stringData", re.IGNORECASE)
_BLOCK_KIND = re.compile(r"""^(?P<indent>[ \t-]*)["']?kind["']?[ \t]*:(?P<value>[^\n]*)""", re.MULTILINE)
_FLOW_KIND = re.compile(r"""(?:[{,]\s*|^[ \t]*)["']?kind["']?\s*:(?P<value>[^\n,}]*)""", re.MULTILINE)
_FLOW_DOCUMENT = re.compile(r"(\s|#[^\n]*\n|---\s)*[{\[](?![{%])")
"""Not a document that begins with a template."""
_KIND_NAME = re.compile(r"""\s*(?P<quote>["']?)(?P<name>[A-Za-z0-9]+)(?P=quote)\s*(#.*)?""")
_LIKE_A_MANIFEST = re.compile(r"apiVersion|data|opaque|secret", re.IGNORECASE)
_HOLDS_DATA = re.compile(r"\bdata\b", re.IGNORECASE)
_LIKE_SECRET = 0.65
"""`Secrte`, `Sekret` and `Scret` are above, `Service` is below."""
_PLAIN_KEY = re.compile(r"[-._/A-Za-z0-9]{1,253}")


def is_plain_key(key: str) -> bool:
    """Whether the key is of letters, digits and a few signs only, and can hardly be anything but a key."""
    return _PLAIN_KEY.fullmatch(key) is not None


def confidential_lines(lines: Sequence[str]) -> tuple[bool, ...]:
    """For each line, whether its document may hold a Secret."""
    documents = [[line.replace("\0", "") for line in document] for document in _documents(lines)]
    texts = ["\n".join(document) for document in documents]
    kinds = [_names_of_kinds(text) for text in texts]
    verdicts = [_may_be_secret(text, names) for text, names in zip(texts, kinds, strict=True)]
    if any(verdicts):
        # What a stray '---' cut off from a Secret names no kind.
        verdicts = [verdict or names is None for verdict, names in zip(verdicts, kinds, strict=True)]
    return tuple(verdict for verdict, document in zip(verdicts, documents, strict=True) for _ in document)


def _documents(lines: Sequence[str]) -> Iterator[list[str]]:
    number_of = accumulate(1 if _DOCUMENT_START.match(line) else 0 for line in lines)
    for _, group in groupby(zip(number_of, lines, strict=True), key=lambda pair: pair[0]):
        yield [line for _, line in group]


def _names_of_kinds(text: str) -> list[str] | None:
    """The words at `kind` on the top level, "" for what is no plain word; None where there is no `kind`."""
    flow = _FLOW_DOCUMENT.match(text) is not None
    found = _FLOW_KIND.finditer(text) if flow else _BLOCK_KIND.finditer(text)
    values = [match["value"] for match in found if flow or not match["indent"]]
    if not values and not _SPEAKS_OF_SECRET.search(text):
        return None
    names = (_KIND_NAME.fullmatch(value) for value in values)
    return [name["name"] if name else "" for name in names]


def _may_be_secret(text: str, names: Sequence[str] | None) -> bool:
    if names is None:
        return _LIKE_A_MANIFEST.search(text) is not None
    if not all(names) or _SPEAKS_OF_SECRET.search(text):
        return True
    nested = (_KIND_NAME.fullmatch(match["value"]) for match in _BLOCK_KIND.finditer(text) if match["indent"])
    every = [*names, *(name["name"] for name in nested if name)]
    return any(map(_is_like_secret, every)) or ("List" in names and _HOLDS_DATA.search(text) is not None)


def _is_like_secret(name: str) -> bool:
    lowered = name.lower()
    if "secret" in lowered or "secret".startswith(lowered):
        return True
    return SequenceMatcher(None, "secret", lowered).ratio() >= _LIKE_SECRET
