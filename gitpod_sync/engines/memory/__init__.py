"""A simulated engine with a clock of its own: it keeps Docker's rules, takes no time, and can be made to fail."""
