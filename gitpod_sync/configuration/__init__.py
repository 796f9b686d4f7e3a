"""What a person configures: one TOML file, variables and flags, a module a table."""
