"""Watchers that wake the loop: sources, the engine, the node, interventions, tags, measurements."""
