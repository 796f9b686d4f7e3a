"""The state of a pod and of its containers, and when a container starts again."""
