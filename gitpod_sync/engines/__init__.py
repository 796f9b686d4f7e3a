"""The only room that talks to a container engine."""
