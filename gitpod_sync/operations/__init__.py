"""Everything that can be done on an engine, one frozen dataclass each."""
