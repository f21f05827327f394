"""Taking values out of JSON that may hold anything anywhere."""

from __future__ import annotations

import base64
import binascii
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from helpdesk.lib.whatsapp.plain_json import clean

# The provider offers a message again for seven days at most; whatever is older was never true.
OLDEST = timedelta(days=30)
_HEX_SHA256 = re.compile(r"[0-9a-fA-F]{64}")
_WA_ID = re.compile(r"\+?([1-9][0-9]{5,19})")
_USER_ID = re.compile(r"[A-Za-z]{2}\.[A-Za-z0-9._-]{1,150}")


def part(value: Any, *names: str) -> Any:
    """What lies under *names*, one inside the other; None where anything on the way is no object."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def parts(value: Any, name: str) -> list[Any]:
    """The list under *name*; empty when there is none. A single object counts as a list of one."""
    found = part(value, name)
    if isinstance(found, dict):
        return [found]
    return found if isinstance(found, list) else []


def text(value: Any, *names: str, most: int | None = None) -> str:
    """The words under *names*, clean and not longer than *most*; a number as its digits, '' for anything else."""
    found = part(value, *names)
    if isinstance(found, int | float) and not isinstance(found, bool):
        found = str(found)
    return clean(found)[:most] if isinstance(found, str) else ""


def number(value: Any, *names: str) -> float | None:
    """The number under *names*, also one that is written as a text."""
    found = part(value, *names)
    try:
        read = None if isinstance(found, bool) or found is None else float(found)
    except (TypeError, ValueError, OverflowError):
        return None
    return read if read is not None and abs(read) < float("inf") else None  # NaN is not less either


def moment(told: str, arrived_at: datetime) -> datetime | None:
    """The moment of a timestamp in seconds; None where it cannot be.

    It cannot lie in the future (their clock is a little ahead of ours, or somebody's is wrong), nor long before the
    arrival.
    """
    try:
        at = datetime.fromtimestamp(int(told), UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return at if arrived_at - OLDEST <= at <= arrived_at else None


def wa_id(value: str) -> str | None:
    """A telephone number as the provider writes it, without the plus; None for anything else."""
    match = _WA_ID.fullmatch(value)
    return match[1] if match else None


def user_id(value: str) -> str | None:
    """A business-scoped user id such as ``ID.abc``; None for anything else."""
    return value if _USER_ID.fullmatch(value) else None


def sha256_hex(told: str) -> str:
    """The digest in hexadecimal: webhooks write it in base64, the media endpoint in hexadecimal."""
    if _HEX_SHA256.fullmatch(told):
        return told.lower()
    try:
        digest = base64.b64decode(told, validate=True)
    except (binascii.Error, ValueError):
        return ""
    return digest.hex() if len(digest) == 32 else ""
