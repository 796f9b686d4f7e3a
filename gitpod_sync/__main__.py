"""`python -m gitpod_sync` is the same program as `gitpod-sync`."""

from gitpod_sync.cli.main import main

if __name__ == "__main__":
    main()
