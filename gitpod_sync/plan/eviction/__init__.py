"""What a node that is short of something gives back, and whom it evicts."""
