"""One pod brought one step nearer: its sandbox, its containers, their probes, hooks and ends."""
