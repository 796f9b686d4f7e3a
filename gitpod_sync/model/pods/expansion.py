"""`$(VAR)` in commands, arguments and env values, and how long the kernel lets the result be.

Source of the rules: Kubernetes, "Define Dependent Environment Variables": a reference to an unknown variable stays as
it is, and `$$` stands for one `$`, so that `$$(VAR)` gives `$(VAR)`. The limits: execve(2), MAX_ARG_STRLEN and ARG_MAX.
"""

import re
from collections.abc import Mapping

REFERENCE = re.compile(r"\$(?:\$|\((?P<name>[^)]*)\))")

LONGEST = 128 * 1024 - 1
"""Bytes of one argument, or of one `NAME=value`; a zero byte follows."""

MOST_ALTOGETHER = 2 * 1024 * 1024
"""Bytes of all arguments and variables of a program together."""


def least_length(text: str, lengths: Mapping[str, int], *, others: bool) -> int:
    """How many bytes come of `text` at least, given how long the values of variables are at least.

    `others`: there may be further variables, even empty ones.
    """
    length = len(text.encode(errors="surrogatepass"))
    for match in REFERENCE.finditer(text):
        name, written = match["name"], len(match[0].encode(errors="surrogatepass"))
        if name is None:
            length -= 1
        elif name in lengths:
            length += lengths[name] - written
        elif others:
            length -= written
    return length
