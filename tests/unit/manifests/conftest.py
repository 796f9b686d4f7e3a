import hashlib
from collections.abc import Callable, Mapping

import pytest

from gitpod_sync.model.revision import Revision, SourceFile

MakeRevision = Callable[..., Revision]


@pytest.fixture
def revision_of() -> MakeRevision:
    """Builds a revision from the texts of its files."""

    def build(files: Mapping[str, str], source: str = "source", commit: str = "c" * 40) -> Revision:
        contents = {path: text.encode() for path, text in files.items()}
        blobs = {path: SourceFile(hashlib.sha1(content).hexdigest(), content) for path, content in contents.items()}
        return Revision(source, commit, blobs)

    return build
