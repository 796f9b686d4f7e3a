"""The plan of the next pass, without a way to carry it out."""

from collections.abc import Callable

from gitpod_sync.engines.protocol import Observer
from gitpod_sync.loop.memory.memory import read_remembered
from gitpod_sync.loop.snapshots import Snapshots
from gitpod_sync.model.base.instance import Instance
from gitpod_sync.model.desired import Desired
from gitpod_sync.model.records.digest_key import DigestKey
from gitpod_sync.model.records.pressure import Pressure
from gitpod_sync.model.settings import DEFAULT_SETTINGS, Settings
from gitpod_sync.plan.published import Published
from gitpod_sync.plan.reconcile import compute_plan
from gitpod_sync.plan.report.changes import compute_changes
from gitpod_sync.plan.report.field_changes import ObjectChange
from gitpod_sync.plan.situation import Measured, Situation
from gitpod_sync.plan.steps import Plan
from gitpod_sync.plan.workloads.interventions import recalled_templates
from gitpod_sync.status.history import History

DryRun = tuple[tuple[ObjectChange, ...], Plan]


def dry_run_of(published: Published) -> DryRun:
    """The differences, and the very plan that a pass would carry out now."""
    return compute_changes(published.plan, published.records), published.plan


def publish_once(
    observer: Observer,
    instance: Instance,
    desired: Desired,
    history: History,
    clock: Callable[[], float],
    nonce: str,
    digest_key: DigestKey,
    settings: Settings = DEFAULT_SETTINGS,
    pressure: Pressure | None = None,
) -> Published:
    """The pass that would be made now: it reads the engine once, and changes nothing.

    `pressure` is the result of a fresh look at the node; None: only the result of a pass's last look counts.
    """
    remembered = read_remembered(history)
    recalled = recalled_templates(remembered.records, remembered.interventions)
    observed = Snapshots(observer).take(desired, recalled)
    # Read after the engine: nothing in the snapshot may lie in the future.
    now = clock()
    found = Measured(pressure=pressure or Pressure(conditions=history.conditions()), pulling=history.pulls(now))
    situation = Situation(
        instance=instance,
        desired=desired,
        observed=observed,
        remembered=remembered,
        measured=found,
        settings=settings,
        digest_key=digest_key,
        now=now,
        nonce=nonce,
    )
    plan = compute_plan(situation)
    return Published(desired=desired, observed=observed, records=remembered.records, plan=plan, at=now)
