"""Deployments: versions, their sizes, progress and the way back."""
