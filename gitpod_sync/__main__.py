"""The door, for `gitpod-sync` as for `python -m gitpod_sync`: signals are held before anything is loaded."""

from typing import NoReturn

from gitpod_sync.cli.signals import hold_signals


def main() -> NoReturn:
    """Run the command line."""
    hold_signals()
    # All that takes its time to load comes from here on.
    from gitpod_sync.cli.main import main as run  # noqa: PLC0415 - that is the point

    run()


if __name__ == "__main__":
    main()
