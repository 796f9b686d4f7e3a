"""PURE: a workload, its pods and the time, to the pods that should come and those that should go."""
