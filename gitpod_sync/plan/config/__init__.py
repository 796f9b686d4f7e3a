"""From a pod's template to the configuration of a container, and how the two differ."""
