"""Checks beyond any schema of the objects beside pods and controllers."""
