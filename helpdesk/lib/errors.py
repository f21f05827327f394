"""What can go wrong on purpose. Each is mapped once to a page (and later to JSON) in ``app.py``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class HouseError(Exception):
    """A refusal that the person in front of the screen should understand.

    *reason* is a (lazy) translated sentence; it never holds personal data.
    """

    status = 400

    def __init__(self, reason: Any = "") -> None:
        super().__init__(reason)
        self.reason = reason


class NotFound(HouseError):
    """It does not exist, or not for you: the two are never told apart."""

    status = 404


class Refused(HouseError):
    """You may see it, but this act is not yours, or not possible now."""

    status = 403


class Conflict(HouseError):
    """Somebody changed it since you opened it, or it was already done."""

    status = 409


class Locked(HouseError):
    """You may see it, and nobody gets it now: it could do harm."""

    status = 423


class Invalid(HouseError):
    """The input cannot be taken as it is; *fields* maps a field's name to its sentence."""

    status = 422

    def __init__(self, fields: Mapping[str, Any]) -> None:
        super().__init__("; ".join(str(text) for text in fields.values()))
        self.fields = dict(fields)
