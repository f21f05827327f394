"""The only place that knows the hour."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present moment, aware, in UTC, to the microsecond."""
    return datetime.now(UTC)
