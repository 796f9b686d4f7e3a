"""The crank: triggers, passes, the daemon, and one convergence."""
