"""Findings: what is said about an object, where, and how it is shown."""
