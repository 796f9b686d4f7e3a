"""Jobs: what their pods have come to, which come next, and when one is over."""
