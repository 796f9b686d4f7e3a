"""Which revision of each source is in force, and why a newer one is not."""
