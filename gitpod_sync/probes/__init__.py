"""Asking pods how they are: HTTP, TCP, gRPC and commands, and the loop that asks them on time."""
