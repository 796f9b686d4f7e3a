"""Files and folders in volumes and on the node, and commands that look at them."""
