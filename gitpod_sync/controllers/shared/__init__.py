"""Rules that controllers of several kinds have in common."""
