"""PURE: which of the pods that should come have a place on the node, and who has to go for them."""
