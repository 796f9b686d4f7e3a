"""The mutants: at least three for each controller, and some for what all of them stand on."""

from simulation.mutants import Mutant

_CONTROLLERS = "gitpod_sync.controllers"

MUTANTS = (
    Mutant(
        "surge is off by one",
        "Deployment",
        f"{_CONTROLLERS}.rolling",
        "bounds.most - counts.total)",
        "bounds.most - counts.total + 1)",
    ),
    Mutant(
        "maxUnavailable is ignored",
        "Deployment",
        f"{_CONTROLLERS}.rolling",
        "max(0, replicas - unavailable)",
        "0",
    ),
    Mutant(
        "maxUnavailable rounds up",
        "Deployment",
        f"{_CONTROLLERS}.rolling",
        "rolling.max_unavailable.of(replicas, round_up=False)",
        "rolling.max_unavailable.of(replicas, round_up=True)",
    ),
    Mutant(
        "broken pods of the new version are not counted against the old ones",
        "Deployment",
        f"{_CONTROLLERS}.rolling",
        "max(0, counts.new_available + counts.old_available - bounds.available)",
        "max(0, counts.total - bounds.available)",
    ),
    Mutant(
        "pods whose end is under way are counted once more",
        "Deployment",
        "gitpod_sync.plan.reconcile",
        "if pod.identity.uid in situation.leaving:",
        "if False:",
    ),
    Mutant(
        "one replica too many",
        "ReplicaSet",
        f"{_CONTROLLERS}.replicas",
        "max(0, spec.replicas - len(standing))",
        "max(0, spec.replicas - len(standing) + 1)",
    ),
    Mutant(
        "pods being ended are counted as too many",
        "ReplicaSet",
        f"{_CONTROLLERS}.replicas",
        "max(0, len(standing) - spec.replicas)",
        "max(0, len(view.pods) - spec.replicas)",
    ),
    Mutant(
        "ready pods are ended first",
        "ReplicationController",
        f"{_CONTROLLERS}.ranking",
        "return (state.ready, -created",
        "return (not state.ready, -created",
    ),
    Mutant(
        "a bare pod comes beside the one that is being ended",
        "Pod",
        f"{_CONTROLLERS}.bare_pod",
        "() if view.pods or view.orphaned",
        "() if living or view.orphaned",
    ),
    Mutant(
        "a bare pod comes beside containers that have lost their sandbox",
        "Pod",
        f"{_CONTROLLERS}.bare_pod",
        "() if view.pods or view.orphaned",
        "() if view.pods",
    ),
    Mutant(
        "a bare pod stays as it was",
        "Pod",
        f"{_CONTROLLERS}.bare_pod",
        "state.pod.identity.template_hash == wanted",
        "bool(wanted)",
    ),
    Mutant(
        "the back-off begins with a second",
        "Pod",
        f"{_CONTROLLERS}.restarts",
        "FIRST_DELAY = 10.0",
        "FIRST_DELAY = 1.0",
    ),
    Mutant(
        "the back-off does not grow",
        "Pod",
        "gitpod_sync.plan.containers",
        "else restarts_in_a_row(last) + 1",
        "else 1",
    ),
    Mutant(
        "KILL comes with half of the grace period",
        "Pod",
        "gitpod_sync.plan.situation",
        "return self.began_at + self.grace",
        "return self.began_at + self.grace / 2",
    ),
    Mutant(
        "what the engine repeats is told",
        "Pod",
        "gitpod_sync.execute.apply",
        "_without_words(error) if step.confidential else error",
        "error",
    ),
)
