"""`describe hpa …`: which are meant, and their texts."""

import time
from collections.abc import Sequence

from gitpod_sync.cli.assembly import dry_run, load_in_force, open_observer, read_history
from gitpod_sync.cli.commands.describe_jobs import print_described
from gitpod_sync.configuration.config import Config
from gitpod_sync.resources.described_autoscaler import describe_autoscaler
from gitpod_sync.resources.listed_autoscalers import list_autoscalers

KIND = "HorizontalPodAutoscaler"


def show_autoscalers(config: Config, names: Sequence[str], namespace: str, *, with_events: bool) -> None:
    """Print those named, or all of the namespace. Raises `GitpodSyncError` for one that is not there."""
    with read_history(config) as history, open_observer(config) as observer:
        _, plan = dry_run(config, observer, load_in_force(config, history), history)
        events = history.events(namespace) if with_events else ()
    now, texts = time.time(), {}
    for item in list_autoscalers(plan):
        key = item.autoscaler.key
        texts[key] = describe_autoscaler(item, [each for each in events if each.event.about == key], now)
    print_described(texts, KIND, names, namespace)
