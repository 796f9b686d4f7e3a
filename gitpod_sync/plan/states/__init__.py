"""What is there, pod by pod: its state, whose it is, and what is remembered of those that are gone."""
