"""What was observed: containers, pods gathered from them, the node."""
