"""Asking the person at the terminal, where there is one."""

import sys

import click

from gitpod_sync.errors import GitpodSyncError


def ask(question: str, remedy: str) -> None:
    """Return when the answer is yes. Raises `GitpodSyncError` for any other, and with `remedy` where nobody answers."""
    if not sys.stdin.isatty():
        raise GitpodSyncError("nobody can be asked here, so nothing was changed", remedy)
    if not click.confirm(question, err=True):
        raise GitpodSyncError("nothing was changed")
