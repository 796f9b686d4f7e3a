"""Kustomizations in a source: what they name as patches is no manifest, and what else they do has no effect here.

Source of the fields: kustomize, api/types, Kustomization.
"""

import posixpath
from collections.abc import Iterator, Mapping
from functools import lru_cache

from gitpod_sync.manifests.codes import Severity
from gitpod_sync.manifests.diagnostics.diagnostics import Diagnostic, about_file
from gitpod_sync.manifests.yaml.documents import Json, read_documents
from gitpod_sync.manifests.yaml.limits import DEFAULT_LIMITS
from gitpod_sync.manifests.yaml.text import Flaw, read_text
from gitpod_sync.model.revision import SourceFile

_NAMES = ("kustomization.yaml", "kustomization.yml")
_WITHOUT_EFFECT = frozenset({"apiVersion", "kind", "metadata", "resources", "bases"})
_HINT = "render it with `kustomize build` and commit the result"


def is_kustomization(path: str) -> bool:
    """Whether the file is named as kustomize demands."""
    return path.endswith(_NAMES) and path.rpartition("/")[2] in _NAMES


def describe_kustomization(path: str, content: bytes) -> Diagnostic:
    """A note that its resources are read as they stand; a warning when it would change them or add to them."""
    changes = sorted(_read(content).keys() - _WITHOUT_EFFECT)
    message = "passed over: a kustomization; the files that it names are read as they stand"
    if not changes:
        return about_file(Severity.NOTE, "passed-over", path, message)
    without = f"{message}, without its {', '.join(changes)}"
    return about_file(Severity.WARNING, "kustomization", path, without, _HINT)


def files_of_kustomizations(files: Mapping[str, SourceFile]) -> Mapping[str, str]:
    """By path, the kustomization that takes a file for a patch, a transformer or the content of a ConfigMap."""
    return {
        posixpath.normpath(posixpath.join(posixpath.dirname(path), named)): path
        for path in sorted(filter(is_kustomization, files))
        for named in _files_named(_read(files[path].content))
    }


@lru_cache(maxsize=256)
def _read(content: bytes) -> Mapping[str, Json]:
    text = read_text(content, DEFAULT_LIMITS)
    documents = () if isinstance(text, Flaw) else read_documents(text, DEFAULT_LIMITS).documents
    value = documents[0].value if documents else None
    return value if isinstance(value, dict) else {}


def _files_named(kustomization: Mapping[str, Json]) -> Iterator[str]:
    for field in ("patches", "patchesJson6902", "replacements"):
        yield from (str(each["path"]) for each in _mappings(kustomization, field) if "path" in each)
    for field in ("patchesStrategicMerge", "configurations", "transformers", "generators", "validators"):
        yield from _texts(kustomization, field)
    for field in ("configMapGenerator", "secretGenerator"):
        for each in _mappings(kustomization, field):
            yield from (file.rpartition("=")[2] for file in _texts(each, "files"))
    for each in _mappings(kustomization, "helmCharts"):
        yield str(each.get("valuesFile", ""))


def _mappings(value: Mapping[str, Json], field: str) -> Iterator[Mapping[str, Json]]:
    found = value.get(field)
    yield from (each for each in (found if isinstance(found, list) else ()) if isinstance(each, dict))


def _texts(value: Mapping[str, Json], field: str) -> Iterator[str]:
    """One-line texts; a patch can also be written out in place."""
    found = value.get(field)
    texts = (each for each in (found if isinstance(found, list) else ()) if isinstance(each, str))
    yield from (each for each in texts if "\n" not in each)
