"""gitpod-sync: pods and controllers from a Git repository, converged on plain Docker."""

__version__ = "0.1.0"
