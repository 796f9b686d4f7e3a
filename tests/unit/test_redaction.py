"""No credential in a URL is shown, wherever the URL comes from."""

import pytest

from gitpod_sync.errors import EngineError, ImageUnavailable, SourceError
from gitpod_sync.redaction import redact


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://me:hunter2@host/repo.git", "https://host/repo.git"),
        ("https://hunter2@host:8443/repo.git", "https://host:8443/repo.git"),
        ("https://me:hunt@er2@host/repo.git", "https://host/repo.git"),
        ("https://host/repo.git?token=hunter2&x=1", "https://host/repo.git?***"),
        ("https://host?private_token=hunter2", "https://host?***"),
        ("HTTPS://me:hunter2@host/a?b=hunter2#c", "HTTPS://host/a?***"),
        ("ssh://git@host/repo.git", "ssh://git@host/repo.git"),
        ("ssh://git:hunter2@host/repo.git", "ssh://git@host/repo.git"),
        (
            "unable to access 'https://me:hunter2@host/r.git/?access_token=hunter2': 403",
            "unable to access 'https://host/r.git/?***': 403",
        ),
        (
            'Get "https://auth.host/token?account=me&secret=hunter2": EOF, then https://a:hunter2@b/v2/',
            'Get "https://auth.host/token?***": EOF, then https://b/v2/',
        ),
        ("git@host:repo.git", "git@host:repo.git"),
        ("why? because", "why? because"),
    ],
)
def test_what_may_be_a_credential_is_taken_out_of_urls(text: str, shown: str) -> None:
    assert redact(text) == shown


@pytest.mark.parametrize("kind", [SourceError, EngineError, ImageUnavailable])
def test_every_error_is_without_credentials(kind: type[SourceError | EngineError]) -> None:
    error = kind("no answer from https://me:hunter2@host/?token=hunter2", "look at https://hunter2@host")
    assert "hunter2" not in f"{error}{error!r}{error.message}{error.remedy}{error.args}"
