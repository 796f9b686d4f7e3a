"""What the objects of one revision must agree on, and what may not change from one to the next."""
