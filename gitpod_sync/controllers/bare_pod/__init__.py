"""Pods that Git asks for by themselves."""
