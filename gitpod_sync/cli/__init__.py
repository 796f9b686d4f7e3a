"""The command line: a face, no more."""
