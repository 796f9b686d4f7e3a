"""What the loop keeps between passes, and what of it is written down."""
