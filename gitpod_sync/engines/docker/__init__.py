"""A real Docker Engine: the only folder that imports `docker`."""
