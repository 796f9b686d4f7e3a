"""What may be a credential is taken out of every URL before it is shown. Every error of ours goes through here."""

import re

_URL = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<rest>[^\s'\"`<>]*)")
_MASK = "***"


def redact(text: str) -> str:
    """The text without users, passwords and queries in its URLs: a user can be a token, and so can any parameter.

    The user of ssh, which says who one is and never proves it, stays.
    """
    return _URL.sub(_without_credentials, text) if "://" in text else text


def _without_credentials(url: re.Match[str]) -> str:
    authority, slash, path = url["rest"].partition("/")
    user, at, host = authority.rpartition("@")
    shown = f"{user.partition(':')[0]}{at}" if url["scheme"].lower() == "ssh" else ""
    place, asks, _query = f"{host}{slash}{path}".partition("?")
    return f"{url['scheme']}://{shown}{place}{asks}{_MASK if asks else ''}"
