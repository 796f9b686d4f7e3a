"""Where a pod may run and how much it matters: affinity, spread, taints, priority."""
