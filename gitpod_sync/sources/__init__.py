"""A Git repository, or a plain folder, to a `Revision`: a commit and the bytes of its files."""
