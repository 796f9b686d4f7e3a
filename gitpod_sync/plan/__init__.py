"""PURE: what is wanted and what is there, to operations with a cause each."""
