"""Which files of a source are read, and which are surely no manifests."""
