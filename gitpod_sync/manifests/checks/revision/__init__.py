"""Agreement between the objects of one revision, and from one revision to the next."""
