"""Records that are written down: of controllers, events, interventions, probes and pulls."""
