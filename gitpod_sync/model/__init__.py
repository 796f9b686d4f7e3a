"""What the user wrote and what was observed, as frozen, typed values. Imports nothing of ours but errors."""
