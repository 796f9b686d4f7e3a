"""StatefulSets: places, the order of their pods, and the record of a rollout."""
