"""Written manifests and observed things as frozen, typed values. Imports nothing of ours but errors."""
