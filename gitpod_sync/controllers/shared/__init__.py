"""What controllers of several kinds have in common."""
