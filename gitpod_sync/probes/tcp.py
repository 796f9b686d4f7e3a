"""A connection that opens."""

import asyncio

from gitpod_sync.model.records.probing import Answer, ConnectTcp


async def connect_tcp(question: ConnectTcp) -> Answer:
    """Open it and close it again. Taking too long is the caller's to judge."""
    try:
        _, writer = await asyncio.open_connection(question.host, question.port)
    except (OSError, OverflowError, UnicodeError) as error:
        return Answer(good=False, detail=told(error, question.host, question.port))
    writer.close()
    return Answer(good=True)


def told(error: Exception, host: str, port: int) -> str:
    """A failure to connect, in one line."""
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return f"cannot connect to {host}:{port}: {reason}"
