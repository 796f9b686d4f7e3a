"""Findings: their texts, their places, and their forms."""
