"""What the engine says of containers, images and its machine, in our values."""
