"""Observed things: containers, pods grouped from them, the node."""
