"""Which orders of people stand, by the workload that they are about, and which do not any more."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from gitpod_sync.model.desired import Desired
from gitpod_sync.model.hashing import object_hash
from gitpod_sync.model.meta import Key
from gitpod_sync.model.orders import NODE, Order


@dataclass(frozen=True, slots=True)
class Standing:
    """Orders that stand, by subject, each subject's sorted; and those that have fallen."""

    by_subject: Mapping[Key, tuple[Order, ...]] = field(default_factory=dict)
    fallen: tuple[Order, ...] = ()

    def of(self, subject: Key) -> tuple[Order, ...]:
        """The orders that stand about it."""
        return self.by_subject.get(subject, ())


NONE_STANDING = Standing()


def sort_orders(orders: tuple[Order, ...], desired: Desired) -> Standing:
    """An order about a workload falls when a commit takes the workload away, or changes it if the order says so."""
    if not orders:
        return NONE_STANDING
    standing: dict[Key, list[Order]] = defaultdict(list)
    fallen = []
    for order in sorted(orders):
        if _stands(order, desired):
            standing[order.subject].append(order)
        else:
            fallen.append(order)
    return Standing({subject: tuple(each) for subject, each in standing.items()}, tuple(fallen))


def _stands(order: Order, desired: Desired) -> bool:
    if order.subject == NODE:
        return True
    workload = desired.workloads.get(order.subject) or desired.cron_jobs.get(order.subject)
    return workload is not None and order.about in {"", object_hash(workload)}
