"""Times as Kubernetes writes them: `2026-01-31T12:00:00Z`."""

from datetime import UTC, datetime


def render_moment(at: float) -> str:
    """RFC 3339, in UTC and whole seconds, as Kubernetes writes times."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
