"""What wakes the loop: sources, the engine, the node, people's orders, tags, measurements."""
