"""What must never happen, whatever befalls; one promise a module. A promise of one kind alone is in `kinds/`."""
