"""Objects against the schemas of their kinds: what is accepted, what is meant, and what is wrong in plain words."""
