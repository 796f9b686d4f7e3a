"""Where the objects of a source stand, and which of its entries give nothing."""

from collections.abc import Mapping

from gitpod_sync.manifests.policy import Policy
from gitpod_sync.manifests.read import FileReading
from gitpod_sync.manifests.selection.selection import left_out
from gitpod_sync.model.layout import Layout
from gitpod_sync.model.revision import Revision


def compute_layout(revision: Revision, readings: Mapping[str, FileReading], policy: Policy) -> Layout:
    """The layout of a revision whose files gave these readings, by their paths."""
    files = {each.key: path for path, reading in readings.items() for each in reading.typed}
    unread = {path: reading.unread for path, reading in readings.items() if reading.unread}
    unread |= left_out(revision.files, policy)
    return Layout(revision.source, revision.commit, files, unread, (policy.include, policy.exclude))
