"""Two files: one with an object in order and one with two errors, and one that cannot be read."""

import hashlib

import pytest

from gitpod_sync.manifests.load import load_revisions
from gitpod_sync.manifests.reports.report import Report, compute_report
from gitpod_sync.model.revision import Revision, SourceFile

WEB = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: shop}
---
apiVersion: v1
kind: Pod
metadata: {name: web}
status: {phase: Running}
spec:
  containers:
  - name: main
    imag: "100%, {x}"
    image: nginx
"""
BROKEN = "a: [\n"


def revision_of(**files: str) -> Revision:
    contents = {f"{name}.yaml": text.encode() for name, text in files.items()}
    blobs = {name: SourceFile(hashlib.sha1(content).hexdigest(), content) for name, content in contents.items()}
    return Revision("source", "c" * 40, blobs)


@pytest.fixture
def revision() -> Revision:
    return revision_of(web=WEB, broken=BROKEN)


@pytest.fixture
def report(revision: Revision) -> Report:
    return compute_report(load_revisions([revision]))


@pytest.fixture
def empty() -> Report:
    return compute_report(load_revisions([]))
