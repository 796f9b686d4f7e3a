"""kubectl's columns: a listing to rows and a table of text. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from gitpod_sync.model.pods.pod import PodTemplate
from gitpod_sync.model.workloads.daemon_sets import DaemonSet
from gitpod_sync.model.workloads.stateful_sets import StatefulSet
from gitpod_sync.model.workloads.workloads import Deployment, Pod
from gitpod_sync.resources.items import PodItem, WorkloadItem
from gitpod_sync.resources.selectors import render_selector
from gitpod_sync.resources.tables import render_cells

Cells = tuple[str, ...]

POD_COLUMNS: Cells = ("NAME", "READY", "STATUS", "RESTARTS", "AGE")
POD_WIDE: Cells = ("IP", "NODE", "IMAGES")
DEPLOYMENT_COLUMNS: Cells = ("NAME", "READY", "UP-TO-DATE", "AVAILABLE", "AGE")
REPLICAS_COLUMNS: Cells = ("NAME", "DESIRED", "CURRENT", "READY", "AGE")
WORKLOAD_WIDE: Cells = ("CONTAINERS", "IMAGES", "SELECTOR")
STATEFUL_SET_COLUMNS: Cells = ("NAME", "READY", "AGE")
STATEFUL_SET_WIDE: Cells = ("CONTAINERS", "IMAGES")
DAEMON_SET_COLUMNS: Cells = (
    *("NAME", "DESIRED", "CURRENT", "READY", "UP-TO-DATE", "AVAILABLE", "NODE SELECTOR", "AGE"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list: its cells without the name, and those of `-o wide`."""

    namespace: str
    name: str
    cells: Cells
    wide: Cells = ()


def pod_row(item: PodItem, now: float) -> Row:
    """A pod."""
    ready = f"{item.ready}/{item.total}"
    cells = (ready, item.status, str(item.restarts), render_age(item.created_at, now))
    wide = (item.address or "<none>", item.node or "<none>", _images(item.template))
    return Row(item.namespace, item.name, cells, wide)


def workload_row(item: WorkloadItem, now: float) -> Row:
    """A workload other than a pod."""
    key = item.workload.key
    cells = (*_counts(item), render_age(item.created_at, now))
    return Row(key.namespace, key.name, cells, _wide(item))


def render_table(header: Cells, rows: Iterable[Row], *, wide: Cells = (), prefix: str = "", namespaces: bool) -> str:
    """Columns as wide as their widest cell; `wide` are the headers of further ones, `prefix` comes before each name."""
    lines = [(*(("NAMESPACE",) if namespaces else ()), *header, *wide)]
    for row in rows:
        first = (row.namespace,) if namespaces else ()
        lines.append((*first, prefix + row.name, *row.cells, *(row.wide if wide else ())))
    return render_cells(lines)


def render_age(created_at: float | None, now: float) -> str:
    """`45s`, `3m20s`, `5h10m`, `3d4h`: two units while the larger is below ten, as kubectl does."""
    if created_at is None:
        return "<none>"
    seconds = max(0, int(now - created_at))
    if seconds < 120:  # noqa: PLR2004 - kubectl says 119s, then 2m
        return f"{seconds}s"
    for size, unit, smaller_size, smaller in ((86400, "d", 3600, "h"), (3600, "h", 60, "m"), (60, "m", 1, "s")):
        whole, rest = divmod(seconds, size)
        if whole:
            part = rest // smaller_size
            return f"{whole}{unit}{part}{smaller}" if part and whole < 10 else f"{whole}{unit}"  # noqa: PLR2004
    return f"{seconds}s"


def _counts(item: WorkloadItem) -> Cells:
    status = item.status
    counted = (status.desired, status.current, status.ready)
    match item.workload:
        case Deployment():
            return f"{status.ready}/{status.desired}", str(status.updated), str(status.available)
        case StatefulSet():
            return (f"{status.ready}/{status.desired}",)
        case DaemonSet():
            return *map(str, (*counted, status.updated, status.available)), "<none>"
        case _:
            return tuple(map(str, counted))


def _wide(item: WorkloadItem) -> Cells:
    if isinstance(item.workload, Pod):
        return ()
    template = item.workload.spec.template
    names = ",".join(container.name for container in template.spec.containers)
    if isinstance(item.workload, StatefulSet):
        return names, _images(template)
    return names, _images(template), render_selector(item.workload.spec.selector)


def _images(template: PodTemplate) -> str:
    return ",".join(container.image for container in template.spec.containers)
