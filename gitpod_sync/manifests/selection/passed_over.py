"""Files that are YAML or JSON but no manifests: recognised by content and name, and passed over with a note.

Only what is surely none: a manifest with a mistake in it must not look like one that was deleted. So a name says
something only of a file in which no document looks like a manifest.
"""

import re
from collections.abc import Mapping

from gitpod_sync.manifests.codes import Severity
from gitpod_sync.manifests.diagnostics.diagnostics import Diagnostic, about_file
from gitpod_sync.manifests.schema.encrypted import is_encrypted
from gitpod_sync.manifests.yaml.documents import Json, Reading

_MANIFEST_SUFFIXES = (".json", ".yaml", ".yml")
_CI = "a CI workflow"
_COMPOSE = "a Compose file"
_TOOL = "the configuration of a tool"
_NAMES = {
    "ansible": _TOOL,
    "appveyor": _CI,
    "azure-pipelines": _CI,
    "bitbucket-pipelines": _CI,
    "biome": _TOOL,
    "bower": _TOOL,
    "buildspec": _CI,
    "cloudbuild": _CI,
    "codecov": _TOOL,
    "compose": _COMPOSE,
    "composer": _TOOL,
    "dependabot": _TOOL,
    "devcontainer": _TOOL,
    "docker-compose": _COMPOSE,
    "helmfile": "a Helmfile; render it and commit the result",
    "jenkins-x": _CI,
    "lerna": _TOOL,
    "mkdocs": _TOOL,
    "netlify": _TOOL,
    "openapitools": _TOOL,
    "package": _TOOL,
    "package-lock": _TOOL,
    "pnpm-lock": _TOOL,
    "pnpm-workspace": _TOOL,
    "pubspec": _TOOL,
    "readthedocs": _TOOL,
    "release-please-config": _TOOL,
    "renovate": _TOOL,
    "serverless": _TOOL,
    "skaffold": _TOOL,
    "tsconfig": _TOOL,
    "turbo": _TOOL,
    "vercel": _TOOL,
}
"""By the part of the name before the first dot."""
_HIDDEN = frozenset(f".{name}" for name in "circleci devcontainer forgejo gitea github gitlab idea vscode".split())  # noqa: SIM905
_HIDDEN_NAMES = frozenset(
    """
    ansible-lint checkov codecov drone eslintrc gitlab-ci golangci goreleaser hadolint kube-linter markdownlint mergify
    pre-commit-config pre-commit-hooks prettierrc readthedocs releaserc renovaterc sops spectral stylelintrc travis
    woodpecker yamllint
    """.split()  # noqa: SIM905
)
"""The part of the name between the first dot and the next."""
_VALUES = re.compile(r"^values|[-_.]values$")
_GROUPS_OF_TOOLS = frozenset(
    {"ctlptl.dev", "k3d.io", "kind.x-k8s.io", "kustomize.config.k8s.io", "kubeadm.k8s.io", "skaffold", "tilt.dev"}
)
_OF_KUBERNETES = frozenset({"apiVersion", "kind", "metadata"})
_OF_A_PLAY = frozenset({"hosts", "import_playbook", "ansible.builtin.import_playbook"})
_OF_AN_API = frozenset({"openapi", "swagger", "asyncapi"})
_OF_A_TEMPLATE = frozenset({"AWSTemplateFormatVersion", "Resources"})


def passed_over(path: str, reason: str) -> Diagnostic:
    """The note that a file is not read, and why."""
    return about_file(Severity.NOTE, "passed-over", path, f"passed over: {reason}")


def is_of_a_known_tool(path: str) -> bool:
    """Whether a hidden file, or its folder, has a name that only tools use: nobody looks for a manifest there."""
    *folders, name = path.lower().split("/")
    return not _HIDDEN.isdisjoint(folders) or name.partition(".")[2].partition(".")[0] in _HIDDEN_NAMES


def may_be_manifest(path: str) -> bool:
    """Whether the name ends like a manifest's; other files are not looked at."""
    return path.lower().endswith(_MANIFEST_SUFFIXES)


def reason_to_pass_over(path: str, reading: Reading) -> str | None:
    """Why none of the documents is meant as a manifest, or None when one may be."""
    name = path.rpartition("/")[2].partition(".")[0].lower()
    values = [document.value for document in reading.documents]
    if not values:
        return (_NAMES.get(name) or _reason_of_name(path)) if reading.flaws else None
    if any(map(is_encrypted, values)):
        return None
    if all(isinstance(value, dict) and _is_for_a_tool(value) for value in values):
        return _TOOL
    if any(isinstance(value, dict) and _OF_KUBERNETES & value.keys() for value in values):
        return None
    if path.lower().endswith(".json"):
        return "JSON without apiVersion and kind"
    return _NAMES.get(name) or _reason_of_value(path, values[0])


def _is_for_a_tool(value: Mapping[str, Json]) -> bool:
    version = value.get("apiVersion")
    return isinstance(version, str) and version.partition("/")[0] in _GROUPS_OF_TOOLS


def _reason_of_name(path: str) -> str | None:
    """`values.yaml`, `values-production.yaml`, `web-values.yaml`, `web.values.yaml`."""
    stem = path.rpartition("/")[2].rpartition(".")[0].lower()
    return "values of a Helm chart" if _VALUES.search(stem) else None


def _reason_of_value(path: str, value: Json) -> str | None:
    match value:
        case list(items) if items and all(isinstance(item, dict) and _OF_A_PLAY & item.keys() for item in items):
            return "an Ansible playbook"
        case dict():
            return _reason_of_name(path) or _reason_of_mapping(value)
        case _:
            return None


def _reason_of_mapping(value: Mapping[str, Json]) -> str | None:
    match value:
        case {"services": dict()}:
            return _COMPOSE
        case {"jobs": dict()} | {"stages": list()}:
            return _CI
        case {"repos": [{"repo": _}, *_]} | {"updates": [{"package-ecosystem": _}, *_]} | {"site_name": _}:
            return _TOOL
        case {"$schema": _} | {"$defs": _}:
            return "a JSON Schema, or a file that follows one"
    if _OF_AN_API & value.keys():
        return "the description of an API"
    return "a CloudFormation template" if value.keys() >= _OF_A_TEMPLATE else _reason_of_jobs(value)


def _reason_of_jobs(value: Mapping[str, Json]) -> str | None:
    """GitLab's jobs stand on the top level, each with a script."""
    return _CI if any(isinstance(job, dict) and "script" in job for job in value.values()) else None
