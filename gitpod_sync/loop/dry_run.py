"""The plan of the next pass, without a way to carry it out."""

from collections.abc import Callable

from gitpod_sync.engines.protocol import Observer
from gitpod_sync.loop.memory.condition_times import read_resized
from gitpod_sync.loop.memory.memory import read_failures
from gitpod_sync.loop.snapshots import Snapshots
from gitpod_sync.model.base.instance import Instance
from gitpod_sync.model.desired import Desired
from gitpod_sync.model.records.digest_key import DigestKey
from gitpod_sync.model.records.pressure import Pressure
from gitpod_sync.model.settings import DEFAULT_SETTINGS, Settings
from gitpod_sync.plan.images.image_digests import with_image_digests
from gitpod_sync.plan.reconcile import compute_plan
from gitpod_sync.plan.report.changes import compute_changes
from gitpod_sync.plan.report.field_changes import ObjectChange
from gitpod_sync.plan.situation import Situation
from gitpod_sync.plan.steps import Plan
from gitpod_sync.plan.workloads.config_digests import with_config_digests
from gitpod_sync.plan.workloads.interventions import recalled_templates
from gitpod_sync.status.history import History

DryRun = tuple[tuple[ObjectChange, ...], Plan]


def compute_dry_run(
    observer: Observer,
    instance: Instance,
    desired: Desired,
    history: History,
    clock: Callable[[], float],
    nonce: str,
    digest_key: DigestKey,
    settings: Settings = DEFAULT_SETTINGS,
    pressure: Pressure | None = None,
) -> DryRun:
    """What differs, and the very plan that a pass would carry out now. Reads the engine once.

    `pressure` is what a fresh look at the node found; None: only what the last look of a pass left behind counts.
    """
    desired = with_config_digests(with_image_digests(desired, history.image_digests()), digest_key)
    records, interventions = history.records(), history.interventions() or ()
    observed = Snapshots(observer).take(desired, recalled_templates(records, interventions))
    # Read after the engine: nothing in the snapshot may lie in the future.
    now = clock()
    situation = Situation(
        instance=instance,
        desired=desired,
        observed=observed,
        now=now,
        nonce=nonce,
        health=history.health(),
        failures=read_failures(history),
        pulling=history.pulls(now),
        settings=settings,
        written=history.written(),
        digest_key=digest_key,
        records=records,
        interventions=interventions,
        forgetful=history.is_blank,
        pressure=pressure or Pressure(conditions=history.conditions()),
        brought=history.brought_images(),
        since=history.since(),
        resized=read_resized(history),
    )
    plan = compute_plan(situation)
    return compute_changes(situation, plan), plan
