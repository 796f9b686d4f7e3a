"""Walks a plan: order, side by side, failures told. Decides nothing."""
