r"""Text from outside that does nothing to a terminal.

Annotations, arguments, commit messages and what containers leave behind are written by people who may wish to deceive
whoever reads them: a terminal obeys escape sequences, and shows text that runs backwards, or not at all.

What is taken out stands there as JSON would write it (`\u001b`), so that it can be seen and so that JSON stays JSON.
"""

import re

_ACTIVE = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters but for tab and line feed, in seven bits and in eight
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # what turns the direction of text
    "\u2028\u2029"  # line ends that only some programs know
    "\xad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u2060-\u2065\u206a-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"  # what shows as nothing
    "\ud800-\udfff"  # halves of characters
    "]"
    # Joiners are for scripts that need them, and for emoji; beside a Latin letter they only hide.
    "|(?<![^\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\x7f])"
)
_SHORT = {"\r": "\\r", "\b": "\\b", "\f": "\\f"}


def inert(text: str) -> str:
    """The text with everything visible that a terminal would act on; line feeds and tabs stay."""
    return text if text.isprintable() else _ACTIVE.sub(_escape, text)


def one_line(text: str) -> str:
    """The text without line feeds, for places where a further line would be taken for one of ours."""
    return inert(text).replace("\n", "\\n")


def _escape(found: re.Match[str]) -> str:
    character = found[0]
    if character in _SHORT:
        return _SHORT[character]
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))
