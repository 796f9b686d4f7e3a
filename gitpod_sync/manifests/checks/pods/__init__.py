"""Checks of a pod beyond any schema."""
