"""Each kind in full, as `describe` shows it: a text of fields, conditions and events. Pure."""
