"""Checks beyond any schema of a controller, an autoscaler or a budget."""
