"""What is known for the length of a request or a job: the contents of Flask's ``g``, without its proxy.

A page asks for the language and the zone more than a thousand times; the proxy makes each question five times as
dear.
"""

from __future__ import annotations

from typing import Any

from flask import g


def present() -> dict[str, Any]:
    """What ``g`` holds, to read and to set; an empty one of its own outside an application context."""
    try:
        kept: dict[str, Any] = vars(g._get_current_object())
    except RuntimeError:  # cheaper than to ask beforehand, for it is rare
        return {}
    return kept
