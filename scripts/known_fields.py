"""Writes schemas/known-fields.json: which fields and kinds Kubernetes knows.

By it a field that is not honoured yet is told from one that nobody knows. The facts are read off the upstream OpenAPI
schemas that the PyPI package `kubernetes-validate` ships. Only the definitions that our schemas name with
`x-kubernetes` are kept. Run it when such a name is added, or for a newer Kubernetes: `python scripts/known_fields.py`.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

SCHEMAS = Path(__file__).resolve().parent.parent / "schemas"
NOT_IN_A_REPOSITORY = {"DeleteOptions", "Status", "WatchEvent", "APIGroup", "APIVersions", "APIResource"}


def main() -> None:
    """Write the file anew."""
    text = json.dumps(known_fields(), indent=1, sort_keys=True) + "\n"
    SCHEMAS.joinpath("known-fields.json").write_text(text, encoding="utf-8")


def known_fields() -> dict[str, Any]:
    """The content of schemas/known-fields.json."""
    version, definitions = newest_definitions()
    return {
        "kubernetes": version,
        "fields": {name: sorted(definitions[name]["properties"]) for name in sorted(set(named_by_our_schemas()))},
        "kinds": known_kinds(definitions),
    }


def newest_definitions() -> tuple[str, dict[str, Any]]:
    """The newest version that the package has, without its `v`, and its definitions by name."""
    root = Path(str(files("kubernetes_validate"))) / "kubernetes-json-schema"
    folders = [folder for folder in root.iterdir() if folder.name.endswith("-local")]
    newest = max(folders, key=lambda folder: [int(part) for part in version_of(folder).split(".")])
    content = json.loads((newest / "_definitions.json").read_text(encoding="utf-8"))
    return version_of(newest), content["$defs"]


def version_of(folder: Path) -> str:
    """`v1.33.0-local` → `1.33.0`."""
    return folder.name.removeprefix("v").removesuffix("-local")


def named_by_our_schemas() -> Iterator[str]:
    """Every `x-kubernetes` in schemas/."""
    for path in sorted(SCHEMAS.glob("*.json")):
        yield from _named(json.loads(path.read_text(encoding="utf-8")))


def _named(schema: Any) -> Iterator[str]:
    match schema:
        case dict():
            if "x-kubernetes" in schema:
                yield schema["x-kubernetes"]
            for value in schema.values():
                yield from _named(value)
        case list():
            for value in schema:
                yield from _named(value)


def known_kinds(definitions: dict[str, Any]) -> dict[str, list[str]]:
    """The kinds of every API version, without the lists of objects and what only travels between servers."""
    kinds: dict[str, set[str]] = defaultdict(set)
    for definition in definitions.values():
        for each in definition.get("x-kubernetes-group-version-kind", ()):
            if each["kind"] not in NOT_IN_A_REPOSITORY and not each["kind"].endswith("List"):
                kinds[f"{each['group']}/{each['version']}".removeprefix("/")].add(each["kind"])
    return {version: sorted(kinds[version]) for version in sorted(kinds)}


if __name__ == "__main__":
    main()
