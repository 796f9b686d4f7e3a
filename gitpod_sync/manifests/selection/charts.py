"""Helm charts in a source: their templates and values become manifests only in the hands of Helm."""

from collections.abc import Iterable

_CHART = "Chart.yaml"
_FOLDERS = ("templates", "charts", "crds", "ci", "tests")
_FILES = ("values", "requirements.")

REASON = "a Helm chart, and its templates and values with it; render it and commit the result"


def is_chart(path: str) -> bool:
    """Whether the file makes its folder a Helm chart."""
    return path == _CHART or path.endswith(f"/{_CHART}")


def chart_parts(paths: Iterable[str]) -> tuple[str, ...]:
    """How the paths of what belongs to the charts begin, except for the Chart.yaml files themselves.

    Not all files of a chart's folder: a chart that is put beside manifests must not make them go away.
    """
    charts = sorted(path.removesuffix(_CHART) for path in paths if is_chart(path))
    parts = (*(f"{folder}/" for folder in _FOLDERS), *_FILES)
    return tuple(f"{chart}{part}" for chart in charts for part in parts)
