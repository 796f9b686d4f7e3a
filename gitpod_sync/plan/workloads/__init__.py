"""What is asked for: workloads with the replicas, versions and dependencies that are in force now."""
