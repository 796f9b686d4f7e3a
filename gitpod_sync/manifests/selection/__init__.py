"""Selection of a source's files: which are read, and which are surely no manifests."""
