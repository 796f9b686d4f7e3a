"""Asks the endpoints of pods, by asyncio: HTTP, TCP and gRPC's health protocol. Knows nothing of containers."""
