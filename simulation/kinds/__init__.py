"""The kinds of workloads: how each is drawn, and what it promises. One more is a module, and a line in `all`."""
