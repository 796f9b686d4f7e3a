"""Which pods have a place on the node, in which order they come, and which have to go for others."""
