"""Files that are YAML or JSON but no manifests: recognised by name or content, and passed over with a note."""

from collections.abc import Iterable, Sequence

from gitpod_sync.manifests.documents import Document

_MANIFEST_SUFFIXES = (".json", ".yaml", ".yml")
_CHART = "Chart.yaml"
_NAMES = {
    "azure-pipelines": "a CI workflow",
    "bitbucket-pipelines": "a CI workflow",
    "cloudbuild": "a CI workflow",
    "compose": "a Compose file",
    "docker-compose": "a Compose file",
    "helmfile": "a Helmfile",
    "kustomization": "a kustomization; the files it names are read as they stand, render it if it changes them",
    "mkdocs": "the configuration of a tool",
    "skaffold": "the configuration of a tool",
    "tsconfig": "the configuration of a tool",
}
"""By the part of the name before the first dot."""


def may_be_manifest(path: str) -> bool:
    """Whether the name ends like a manifest's; other files are not looked at."""
    return path.lower().endswith(_MANIFEST_SUFFIXES)


def chart_folders(paths: Iterable[str]) -> tuple[str, ...]:
    """The folders that are Helm charts, each with a closing slash; the source's own root is ``""``."""
    return tuple(sorted(path[: -len(_CHART)] for path in paths if is_chart(path)))


def is_chart(path: str) -> bool:
    """Whether the file is the one that makes its folder a Helm chart."""
    return path == _CHART or path.endswith(f"/{_CHART}")


def reason_by_name(path: str) -> str | None:
    """Why the file is passed over, or None when it is to be read."""
    if is_chart(path):
        return "a Helm chart, and all files of its folder with it; render it and commit the result"
    if "/." in f"/{path}":
        return "a hidden file, or in a hidden folder"
    return _NAMES.get(path.rpartition("/")[2].partition(".")[0].lower())


def reason_by_content(path: str, documents: Sequence[Document]) -> str | None:
    """Why none of the documents is meant as a manifest, or None when one may be."""
    values = [document.value for document in documents]
    if not values or any(isinstance(value, dict) and {"apiVersion", "kind"} & value.keys() for value in values):
        return None
    if path.lower().endswith(".json"):
        return "JSON without apiVersion and kind"
    first = values[0]
    if not isinstance(first, dict):
        return None
    if isinstance(first.get("services"), dict):
        return "a Compose file"
    if isinstance(first.get("jobs"), dict) or isinstance(first.get("stages"), list):
        return "a CI workflow"
    return None
