"""The revision of each source that is in force, and why a newer one is not."""
