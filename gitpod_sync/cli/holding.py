"""Said loudly wherever workloads are listed or converged: what is on purpose not as Git asks, and what has failed."""

import click

from gitpod_sync.plan.steps import Plan


def tell_what_is_held(plan: Plan, namespace: str | None = None) -> None:
    """A warning each on standard error, for the workloads of a namespace (None: of all)."""
    for decision in plan.decisions:
        why = decision.status.failed or decision.status.held
        if why and namespace in {None, decision.workload.namespace}:
            click.echo(f"Warning: {decision.workload}: {why}", err=True)
