"""The same pages through gunicorn, asked by wrk: what an installation gives, not what a page costs."""

from __future__ import annotations

from bench.house import House


def load_over_http(house: House, seconds: int) -> dict[str, float]:
    """Requests per second of each page."""
    return {}
