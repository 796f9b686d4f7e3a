"""What a pass leaves for whoever shows it."""

import json
from dataclasses import replace

from gitpod_sync.model.identities import note_identities
from gitpod_sync.plan.published import Published
from gitpod_sync.resources.identities import with_identity
from gitpod_sync.resources.registry import RESOURCES
from tests.support.simulation import Simulation, desired_from, simulation

MANIFEST = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: main, image: IMAGE}]}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: hourly}
spec:
  schedule: "0 * * * *"
  jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: main, image: web:1}]}}}}
"""


def ask(world: Simulation, image: str) -> None:
    desired = desired_from(MANIFEST.replace("IMAGE", image))
    world.desired = replace(desired, identities=note_identities(world.desired.identities, desired, world.clock()))


def shown(seen: Published) -> str:
    """Every object as `get -o json` shows it, and as `describe` does."""
    texts = []
    for resource in RESOURCES.values():
        for item in resource.items(seen):
            texts.append(json.dumps(with_identity(resource.object(item), seen.identities)))
            texts.append(resource.describe(item, (), seen.at))
    return "\n".join(texts)


def test_a_pass_publishes_what_a_dry_run_after_it_would_find() -> None:
    with simulation() as world:
        ask(world, "web:1")
        world.converge()
        _, plan = world.dry_run()
        looked = replace(world.published, plan=plan)
        assert shown(world.published) == shown(looked)


def test_what_was_published_stays_as_it_was_while_passes_go_on() -> None:
    with simulation() as world:
        ask(world, "web:1")
        world.converge()
        kept = world.published
        before = shown(kept)
        ask(world, "web:2")
        world.converge()
        assert shown(kept) == before
        assert shown(world.published) != before
