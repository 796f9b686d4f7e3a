"""Reading of the engine: its containers, images and machine in our values."""
