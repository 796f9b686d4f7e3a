"""No module imports another that imports it, over whatever way: imports for type checkers alone count as well."""

from collections.abc import Iterator, Mapping

import grimp
import pytest

Graph = Mapping[str, frozenset[str]]


def circles_in(graph: Graph) -> Iterator[list[str]]:
    """The sets of modules that can reach each other (Tarjan: strongly connected components)."""
    order: dict[str, int] = {}
    lowest: dict[str, int] = {}
    way: list[str] = []

    def visit(module: str) -> Iterator[list[str]]:
        order[module] = lowest[module] = len(order)
        way.append(module)
        for other in sorted(graph[module]):
            if other not in order:
                yield from visit(other)
                lowest[module] = min(lowest[module], lowest[other])
            elif other in way:
                lowest[module] = min(lowest[module], order[other])
        if lowest[module] == order[module]:
            circle = way[way.index(module) :]
            del way[-len(circle) :]
            if len(circle) > 1:
                yield sorted(circle)

    for module in sorted(graph):
        if module not in order:
            yield from visit(module)


def imports_of(package: str) -> Graph:
    found = grimp.build_graph(package, exclude_type_checking_imports=False)
    return {module: frozenset(found.find_modules_directly_imported_by(module)) for module in found.modules}


@pytest.mark.parametrize("package", ["gitpod_sync", "simulation"])
def test_no_modules_stand_in_a_circle(package: str) -> None:
    assert [" ↔ ".join(circle) for circle in circles_in(imports_of(package))] == []


def test_a_circle_is_found_over_any_way() -> None:
    graph = {"a": frozenset("b"), "b": frozenset("cd"), "c": frozenset("a"), "d": frozenset()}
    assert list(circles_in(graph)) == [["a", "b", "c"]]
