"""DaemonSets: one pod on the node."""
