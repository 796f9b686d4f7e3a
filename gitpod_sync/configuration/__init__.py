"""The configuration: one TOML file, variables and flags, a module a table."""
