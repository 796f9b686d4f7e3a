"""The place of an object in a file, which makes a finding about the object a diagnostic."""

from dataclasses import dataclass

from gitpod_sync.manifests.diagnostics.as_written import as_written
from gitpod_sync.manifests.diagnostics.bounds import bounded, bounded_key
from gitpod_sync.manifests.diagnostics.diagnostics import Diagnostic
from gitpod_sync.manifests.diagnostics.findings import Finding, render_path
from gitpod_sync.manifests.diagnostics.seen import object_at
from gitpod_sync.manifests.yaml.confidential import is_plain_key
from gitpod_sync.manifests.yaml.documents import Document, FieldPath
from gitpod_sync.manifests.yaml.frames import MASK


@dataclass(frozen=True, slots=True)
class Place:
    """Where an object stands: the document, and the path of the object in it (not empty inside a List).

    A `confidential` object may hold secrets: what was meant as a value can stand as a key after a slip of the hand, so
    that only keys that are plain words are repeated.
    """

    file: str
    document: Document
    root: FieldPath = ()
    confidential: bool = True

    def locate(self, path: FieldPath, *, on_key: bool = False) -> tuple[int, int]:
        """Line and column of a field of the object, counted from 1."""
        mark = self.document.locate((*self.root, *path), on_key=on_key)
        return mark.line + 1, mark.column + 1

    def diagnose(self, finding: Finding) -> Diagnostic:
        """The finding with its place."""
        line, column = self.locate(finding.path, on_key=finding.on_key)
        path = (*self.root, *finding.path)
        finding = as_written(finding, self.document, path, confidential=self.confidential)
        message = finding.message
        if finding.beside is not None:
            message = f"{message}, in line {self.locate(finding.beside)[0]}"
        found = object_at(self.document.value, path)
        for index, step in enumerate(path):
            if self.confidential and isinstance(step, str) and not is_plain_key(step):
                path, message = (*path[:index], MASK, *path[index + 1 :]), message.replace(step, MASK)
        return Diagnostic(
            finding.severity,
            finding.code,
            self.file,
            line,
            column,
            render_path(path),
            bounded(message),
            bounded(finding.hint),
            bounded_key(found[0]) if found else None,
        )
