"""The verbs of `rollout`, and the workload that they are about."""
