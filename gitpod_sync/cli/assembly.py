"""Puts the rooms together for a command, from the configuration."""

import time
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import click

from gitpod_sync.cli.uncommitted import tell_ahead
from gitpod_sync.configuration.config import Config, sources_of
from gitpod_sync.engines import open as engines
from gitpod_sync.engines.container_access import Console, Reader
from gitpod_sync.engines.protocol import Engine, NodeObserver, Trials
from gitpod_sync.errors import ManifestError
from gitpod_sync.loop.dry_run import DryRun, dry_run_of, publish_once
from gitpod_sync.loop.lock import is_acting
from gitpod_sync.loop.ownership import Ownership, read_own
from gitpod_sync.loop.reconciler import Deps
from gitpod_sync.loop.revisions.guard import with_keys
from gitpod_sync.loop.revisions.in_force import (
    Sources,
    keep_revisions,
    read_in_force,
    record_in_force,
    refused_of,
    tell_refused,
)
from gitpod_sync.loop.trigger import Wake
from gitpod_sync.loop.watch.node_look import take_look
from gitpod_sync.loop.watch.node_watch import NodeWatch
from gitpod_sync.manifests.accept import accept
from gitpod_sync.manifests.codes import Severity
from gitpod_sync.manifests.diagnostics.diagnostics import Diagnostic, counted, render_text
from gitpod_sync.manifests.load import load_revisions
from gitpod_sync.manifests.policy import Policy
from gitpod_sync.model.base.inert import one_line
from gitpod_sync.model.base.instance import Instance
from gitpod_sync.model.desired import Desired
from gitpod_sync.model.layout import Layout
from gitpod_sync.model.records.pressure import Pressure
from gitpod_sync.model.removal import Removal
from gitpod_sync.model.revision import Revision
from gitpod_sync.plan.published import Published
from gitpod_sync.plan.report.config_changes import compute_config_changes
from gitpod_sync.plan.report.field_changes import ObjectChange
from gitpod_sync.plan.report.spec_changes import compute_spec_changes, merge_changes
from gitpod_sync.plan.workloads.in_force import compute_desired_in_force
from gitpod_sync.probes.prober import AsyncProber
from gitpod_sync.sources.open import open_source
from gitpod_sync.sources.spec import SourceSpec
from gitpod_sync.status.digest_key_file import find_digest_key, keep_digest_key, read_digest_key
from gitpod_sync.status.history import History
from gitpod_sync.status.revisions import RefusedRevision
from gitpod_sync.status.writable import NO_ROOM, READ_ONLY, why_unwritable
from gitpod_sync.workers import Lane, ThreadWorkers

WORKERS = {Lane.CALLS: 8, Lane.REMOVALS: 4, Lane.HOOKS: 32, Lane.PROBES: 8, Lane.LOOKS: 2}
"""Threads at most for each lane; how many pull is for the configuration to say."""


def open_sources(config: Config, *, keep: bool) -> Sources:
    """Every configured source. What is fetched is kept in the state directory if `keep` says so, while it can be."""

    def keeps() -> bool:
        return keep and not why_unwritable(config.state_dir)

    return tuple((spec, open_source(spec, config.state_dir, keeps)) for spec in sources_of(config))


@dataclass(frozen=True, slots=True, kw_only=True)
class Newest:
    """The state that the newest revisions ask for; what is in force stands in for refused ones."""

    desired: Desired
    """Of `revisions` together."""
    sources: Sources
    """Every configured source, in order."""
    read: Sequence[Revision]
    """The newest revision of each source, valid or not."""
    revisions: Mapping[str, Revision]
    """By name of the source, those that count."""
    refused: Mapping[str, RefusedRevision]
    """By key of the source, what is refused and why."""
    layouts: tuple[Layout, ...]
    """Which objects stand where in `revisions`; sources go by the names that the history has."""
    before: tuple[Layout, ...]
    """The same of `in_force`."""
    in_force: Mapping[str, Revision]
    """By name of the source, what was in force until now; a source of which nothing is known is missing."""

    def record(self, history: History, now: float) -> None:
        """Note that these revisions are in force from now on."""
        keep_revisions(self.sources, self.revisions)
        specs = [spec for spec, _ in self.sources]
        record_in_force(history, specs, self.revisions, self.desired, now)
        history.record_refused_revisions(self.refused)

    def check_nothing_is_refused(self) -> None:
        """Raise `ManifestError` when that is not so: what is asked for is not all in force."""
        if self.refused:
            specs = [spec for spec, _ in self.sources]
            message = "; ".join(
                tell_refused(spec, self.refused[spec.key], self.revisions[spec.name].commit, specs)
                for spec in specs
                if spec.key in self.refused
            )
            raise ManifestError(message, "correct it and try again")


def load_newest(config: Config, history: History, *, settled: bool) -> Newest:
    """Read the newest revision of every source, and hold it against what is in force.

    `settled` is for who acts on it: folders that are being written to are waited for, and what is fetched is kept.
    Diagnostics go to standard error. Raises `SourceError`, or `ManifestError` when nothing can be in force, and for who
    acts on it when no revision that is new is valid.
    """
    sources = open_sources(config, keep=settled)
    in_force = read_in_force(sources, history.good_revisions())
    newest = {spec.name: source.fetch(settled=settled) for spec, source in sources}
    acceptance = accept(list(newest), in_force, newest, policy=config.manifests)
    show_diagnostics(acceptance.diagnostics, acceptance.shown)
    desired = acceptance.loaded.desired
    if desired is None or (settled and acceptance.refused.keys() == newest.keys()):
        errors = sum(each.severity is Severity.ERROR for each in acceptance.diagnostics)
        raise ManifestError(f"the revision is not valid: {counted(errors, 'error')}", "nothing was changed")
    specs = [spec for spec, _ in sources]
    layouts = with_keys(acceptance.loaded.layouts, specs)
    before = with_keys(load_revisions(list(in_force.values()), policy=config.manifests).layouts, specs)
    refused = refused_of(specs, acceptance, time.time())
    return Newest(
        desired=desired,
        sources=sources,
        read=list(newest.values()),
        revisions=acceptance.revisions,
        refused=refused,
        layouts=layouts,
        before=before,
        in_force=in_force,
    )


def all_changes(running: Iterable[ObjectChange], newest: Newest, policy: Policy) -> tuple[ObjectChange, ...]:
    """How all differs: from what is `running`, and, as far as that is known, from what was in force."""
    before = _desired_before(newest, policy)
    if before is None:
        return merge_changes(running, ())
    configs = compute_config_changes(before.configs, newest.desired.configs)
    return merge_changes(running, (*configs, *compute_spec_changes(before.workloads, newest.desired.workloads)))


def _desired_before(newest: Newest, policy: Policy) -> Desired | None:
    """What was in force until now; None where that is not known, or is the same."""
    known = all(name in newest.in_force for name in newest.revisions)
    if not known or all(newest.in_force[name].commit == each.commit for name, each in newest.revisions.items()):
        return None
    return load_revisions(list(newest.in_force.values()), policy=policy).desired


def load_in_force(config: Config, history: History) -> Desired:
    """The state that a daemon with this configuration converges on: the last good revisions, else the newest.

    Where neither can be had, only running things can be shown, and standard error says so.
    """
    if not config.sources:
        click.echo("no source is given: workloads are not known, only the pods that run", err=True)
        return Desired()
    sources, good = open_sources(config, keep=False), history.good_revisions()
    in_force = read_in_force(sources, good)
    revisions = [in_force.get(spec.name) or source.fetch(settled=False) for spec, source in sources]
    desired = load_revisions(revisions, policy=config.manifests).desired
    if desired is None:
        message = f"the newest revision is not valid, and {config.state_dir} knows of none that was accepted"
        click.echo(f"{message}: workloads are not known, only the pods that run", err=True)
        return Desired()
    refused, held = history.refused_revisions(), history.held_removals()
    _warn_of_held(held)
    _warn_of_refused(config.sources, good, refused)
    if not is_acting(config.state_dir, config.instance):
        for line in tell_ahead(sources, good, refused, held):
            click.echo(line, err=True)
    return replace(desired, identities=history.identities())


def _warn_of_held(removals: Iterable[Removal]) -> None:
    for removal in removals:
        told = f"{removal.cause}, which nobody has asked for, so it stays"
        click.echo(f"{told}: `gitpod-sync approve` shows what would go", err=True)


def _warn_of_refused(
    specs: Sequence[SourceSpec], good: Mapping[str, str], refused: Mapping[str, RefusedRevision]
) -> None:
    """Warn of refused commits, whose content would be looked for in vain."""
    for spec in specs:
        if spec.key in refused:
            told = tell_refused(spec, refused[spec.key], good.get(spec.key), specs)
            first = next(iter(refused[spec.key].findings), "`gitpod-sync validate` says why")
            click.echo(f"{told}\n  {one_line(first)}", err=True)


def warn_of_unwritable_state(config: Config) -> None:
    """Warn a person who looks at a daemon's state when the daemon cannot write to it."""
    why = why_unwritable(config.state_dir) if config.state_dir.exists() else ""
    if why in {NO_ROOM, READ_ONLY}:
        message = f"the state in {config.state_dir} cannot be written: {why}"
        click.echo(f"{message}; pods are looked after, and events are not recorded", err=True)


def in_force_with_digests(config: Config, history: History) -> Desired:
    """The same as the daemon's passes see it: with digests of configs where workloads ask for them."""
    key = find_digest_key(_key_file(config))
    return compute_desired_in_force(load_in_force(config, history), history.image_digests(), key)


def show_diagnostics(diagnostics: Sequence[Diagnostic], revisions: Sequence[Revision]) -> None:
    """Print diagnostics with their code frames to standard error."""
    if diagnostics:
        click.echo(render_text(diagnostics, revisions), err=True)


def publish(
    config: Config, observer: NodeObserver, desired: Desired, history: History, pressure: Pressure | None = None
) -> Published:
    """What there is, and what the next pass would decide; `pressure` as a fresh look at the node found it."""
    key = find_digest_key(_key_file(config))
    instance = Instance(config.instance)
    return publish_once(observer, instance, desired, history, time.time, _nonce(), key, config.pods, pressure)


def dry_run(
    config: Config, observer: NodeObserver, desired: Desired, history: History, *, look: bool = False
) -> DryRun:
    """The differences, and what the next pass would do about them; with a `look` the node's pressure of now counts."""
    published = publish(config, observer, desired, history)
    if look:
        before = Pressure(conditions=history.conditions())
        pods, thresholds = published.plan.pods, config.pods.eviction
        pressure, _ = take_look(observer, pods, before, thresholds, time.time(), with_limits=True)
        if pressure.met or pressure.look.uses:
            published = publish(config, observer, desired, history, pressure)
    return dry_run_of(published)


@contextmanager
def open_history(config: Config) -> Iterator[History]:
    """The state database, for who writes into it."""
    with closing(History(_database(config))) as history:
        yield history


@contextmanager
def read_history(config: Config) -> Iterator[History]:
    """The state database as it is now, for looking only: nothing of it is made or written."""
    with closing(History(_database(config), reading=True)) as history:
        yield history


def _database(config: Config) -> Path:
    return config.state_dir / f"{config.instance}.db"


def _key_file(config: Config) -> Path:
    return config.state_dir / f"{config.instance}.key"


@contextmanager
def open_observer(config: Config) -> Iterator[NodeObserver]:
    """The engine, for looking only."""
    with _open_engine(config, read_only=True) as engine:
        yield engine


@contextmanager
def open_deps(config: Config, *, take_over: bool = False) -> Iterator[tuple[Deps, Wake]]:
    """Everything that a reconciler works with. With `take_over` the instance becomes ours, whosever it is."""
    with ExitStack() as stack:
        history = stack.enter_context(open_history(config))
        engine = stack.enter_context(_open_engine(config, read_only=False, trials=history))
        workers = ThreadWorkers({**WORKERS, Lane.PULLS: config.parallel_pulls})
        stack.callback(workers.close)
        wake = Wake(time.time)
        prober = engine.own_prober() or AsyncProber(engine, workers, wake.ring)
        stack.callback(prober.close)
        instance = Instance(config.instance)
        key = read_digest_key(_key_file(config))
        history.when_written(partial(keep_digest_key, _key_file(config), key))
        watch = NodeWatch(engine, history, config.pods.eviction, time.time, wake.ring)
        deps = Deps(
            instance=instance,
            engine=engine,
            prober=prober,
            history=history,
            workers=workers,
            clock=time.time,
            nonce=_nonce,
            ring=wake.ring,
            digest_key=key,
            settings=config.pods,
            node_watch=watch,
        )
        ownership = Ownership(engine, instance, read_own(config.state_dir, config.machine_id), take_over=take_over)
        yield replace(deps, ownership=ownership), wake


def _nonce() -> str:
    return uuid.uuid4().hex


@contextmanager
def _open_engine(config: Config, *, read_only: bool, trials: Trials | None = None) -> Iterator[Engine]:
    instance = Instance(config.instance)
    with closing(engines.open_engine(instance, config.engine_url, read_only=read_only, trials=trials)) as engine:
        yield engine


@contextmanager
def open_reader(config: Config) -> Iterator[Reader]:
    """The inside of containers, for looking only."""
    with closing(engines.open_reader(Instance(config.instance), config.engine_url)) as reader:
        yield reader


@contextmanager
def open_console(config: Config) -> Iterator[Console]:
    """The inside of containers, to work in."""
    with closing(engines.open_console(Instance(config.instance), config.engine_url)) as console:
        yield console
