"""A class with many fields says at each field what it holds."""

import ast
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

import gitpod_sync

_PACKAGE = Path(gitpod_sync.__file__).parent
_FEW = 5
"""As many fields are still taken in with the sentence above their class."""

_TO_COME = frozenset(
    {
        "plan/scheduling/pod_info.py",
        "plan/steps.py",
        "plan/waiting.py",
    }
)
"""Modules whose fields are not documented yet. The set can only shrink: a module that is done is taken out."""


def test_every_field_of_a_class_with_many_fields_is_documented() -> None:
    missing = [
        f"{module}: {name}" for module, names in _undocumented().items() if module not in _TO_COME for name in names
    ]
    assert not missing, "no docstring under the field:\n" + "\n".join(missing)


def _undocumented() -> dict[str, list[str]]:
    modules = {path.relative_to(_PACKAGE).as_posix(): ast.parse(path.read_text()) for path in _PACKAGE.rglob("*.py")}
    found = {module: list(_fields_without_docstring(tree)) for module, tree in sorted(modules.items())}
    return {module: names for module, names in found.items() if names}


def _fields_without_docstring(tree: ast.Module) -> Iterator[str]:
    for each in ast.walk(tree):
        if isinstance(each, ast.ClassDef):
            fields = list(_fields(each))
            if len(fields) > _FEW:
                yield from (f"{each.name}.{name}" for name, documented in fields if not documented)


def _fields(definition: ast.ClassDef) -> Iterator[tuple[str, bool]]:
    """The names of annotated fields, and whether a docstring stands below."""
    for statement, below in zip_longest(definition.body, definition.body[1:]):
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            yield statement.target.id, _is_docstring(below)


def _is_docstring(statement: ast.stmt | None) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )
