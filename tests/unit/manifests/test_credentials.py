"""Credentials in the URLs of manifests are in no finding, however it is told."""

from collections.abc import Callable

import pytest

from gitpod_sync.manifests.diagnostics.diagnostics import render_text
from gitpod_sync.manifests.load import load_revision
from gitpod_sync.manifests.reports.as_json import render_json
from gitpod_sync.manifests.reports.as_sarif import render_sarif
from gitpod_sync.manifests.reports.report import Checkout, compute_report
from gitpod_sync.model.revision import Revision

RevisionOf = Callable[..., Revision]
URLS = ("https://me:hunter2@host/a", "https://host/a?token=hunter2", f"https://me:hunter2{'x' * 500}@host/")
POD = """\
apiVersion: v1
kind: Pod
metadata: {{name: web{meta}}}
spec:
  containers: [{{name: one, image: {image}{more}}}]
"""
PLACES = {
    "a value of the wrong type": POD.format(meta="", image="one", more=', ports: "URL"'),
    "a choice that is none": POD.format(meta="", image="one", more=', imagePullPolicy: "URL"'),
    "a wrong format": POD.format(meta="", image='"URL"', more=""),
    "a key": POD.format(meta="", image="one", more=', "URL": 1'),
    "a label": POD.format(meta=', labels: {"URL": "URL"}', image="one", more=""),
    "a name": POD.format(meta="", image="one", more="").replace("name: web", 'name: "URL"'),
    "a key twice": POD.format(meta=', annotations: {"URL": a, "URL": b}', image="one", more=""),
    "broken YAML": 'a: ["URL"\nb: \'URL\n',
    "a variable that is no text": POD.format(meta="", image="one", more=', env: [{name: "URL", value: ["URL"]}]'),
}


@pytest.mark.parametrize("url", URLS)
@pytest.mark.parametrize("place", PLACES)
def test_no_credential_of_a_manifest_is_in_a_finding(revision_of: RevisionOf, place: str, url: str) -> None:
    revision = revision_of({"a.yaml": PLACES[place].replace("URL", url)})
    loaded = load_revision(revision)
    assert loaded.diagnostics
    report = compute_report(loaded)
    told = (
        render_text(loaded.diagnostics, [revision]),
        render_json(report),
        render_sarif(report, Checkout("/", "/")),
        *map(repr, loaded.diagnostics),
    )
    assert not [text for text in told if "hunter2" in text]
