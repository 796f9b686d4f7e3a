"""The way to the engine: sockets, SSH, TLS, and a session that a dry run cannot write through."""
