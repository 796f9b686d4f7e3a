"""The files of a revision that are read, and notes on the others."""

from collections.abc import Iterator, Mapping

from gitpod_sync.manifests.codes import Severity
from gitpod_sync.manifests.diagnostics.diagnostics import Diagnostic, about_file
from gitpod_sync.manifests.policy import Policy
from gitpod_sync.manifests.selection.charts import REASON as A_CHART
from gitpod_sync.manifests.selection.charts import chart_parts, is_chart
from gitpod_sync.manifests.selection.kustomizations import (
    describe_kustomization,
    files_of_kustomizations,
    is_kustomization,
)
from gitpod_sync.manifests.selection.passed_over import is_of_a_known_tool, may_be_manifest, passed_over
from gitpod_sync.manifests.selection.patterns import compile_patterns
from gitpod_sync.model.revision import SourceFile


def select_files(files: Mapping[str, SourceFile], policy: Policy) -> Iterator[tuple[str, Diagnostic | None]]:
    """Every file that may be a manifest, sorted, with a note when it is passed over.

    Nothing is said about what the policy leaves out, about hidden files of known tools, and about the parts of a Helm
    chart, whose Chart.yaml is noted.
    """
    choice = compile_patterns(policy.include, policy.exclude)
    parts, patches = chart_parts(files), files_of_kustomizations(files)
    for path in sorted(files):
        if not may_be_manifest(path) or not choice.takes(path) or path.startswith(parts):
            continue
        if choice.hides(path) and is_of_a_known_tool(path):
            continue
        if choice.hides(path):
            yield path, passed_over(path, "a hidden file, or in a hidden folder")
        elif is_chart(path):
            yield path, passed_over(path, A_CHART)
        elif is_kustomization(path):
            yield path, describe_kustomization(path, files[path].content)
        else:
            yield path, passed_over(path, f"a part of {patches[path]}") if path in patches else None


def left_out(files: Mapping[str, SourceFile], policy: Policy) -> Iterator[tuple[str, str]]:
    """Every file that `select_files` says nothing about although it is named like a manifest, with the reason."""
    choice = compile_patterns(policy.include, policy.exclude)
    parts = chart_parts(files)
    for path in sorted(files):
        if may_be_manifest(path) and not choice.takes(path):
            yield path, "the configuration's `include` and `exclude` leave it out"
        elif may_be_manifest(path) and path.startswith(parts):
            yield path, "it is taken for a part of a Helm chart, whose Chart.yaml is there"


def describe_refused(refused: Mapping[str, str], policy: Policy) -> Iterator[Diagnostic]:
    """An error for every file that would be read but was too much for its source."""
    choice = compile_patterns(policy.include, policy.exclude)
    for path in sorted(refused):
        if choice.takes(path) and not choice.hides(path):
            message, hint = f"not read: {refused[path]}", "split it into several files, or exclude it"
            yield about_file(Severity.ERROR, "file-too-large", path, message, hint)
