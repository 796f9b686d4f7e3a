"""What is written down: records of controllers, events, orders, and what probes and pulls have told."""
