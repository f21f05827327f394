"""What the Graph API says no with.

The codes and their words: https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes
"""

from __future__ import annotations

import secrets
from typing import Any

_TITLES = {
    100: "Invalid parameter",
    190: "Invalid OAuth access token",
    131000: "Something went wrong",
    131008: "Required parameter is missing",
    131009: "Parameter value is not valid",
    131016: "Service unavailable",
    131026: "Message undeliverable",
    131047: "Re-engagement message",
    131048: "Spam rate limit hit",
    131049: "This message was not delivered to maintain healthy ecosystem engagement",
    131051: "Unsupported message type",
    131056: "(Business Account, Consumer Account) pair rate limit hit",
    130429: "Rate limit hit",
    132000: "Number of parameters does not match the expected number of params",
    132001: "Template name does not exist in the translation",
    132015: "Template is paused",
    132016: "Template is disabled",
    132018: "There's an issue with the parameters in your template",
}


class GraphRefusal(Exception):
    """The provider does not do it: an HTTP *status* and an error in its own shape."""

    def __init__(
        self, code: int, details: str = "", *, status: int = 400, subcode: int | None = None
    ) -> None:
        super().__init__(code, details)
        self.code, self.details, self.status, self.subcode = code, details, status, subcode

    @property
    def title(self) -> str:
        """The provider's short words for the code."""
        return _TITLES.get(self.code, "Something went wrong")

    @property
    def body(self) -> dict[str, Any]:
        """The JSON that goes back."""
        error: dict[str, Any] = {
            "message": f"(#{self.code}) {self.title}",
            "type": "OAuthException",
            "code": self.code,
            "fbtrace_id": secrets.token_urlsafe(16),
        }
        if self.details:
            error["error_data"] = {"messaging_product": "whatsapp", "details": self.details}
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        return {"error": error}


def no_such_object(name: str) -> GraphRefusal:
    """For an id that is not there, not any more, or not ours."""
    return GraphRefusal(
        100,
        f"Unsupported request. Object with ID '{name}' does not exist, cannot be loaded due to missing"
        " permissions, or does not support this operation",
        subcode=33,
    )


def missing(name: str) -> GraphRefusal:
    """For something that must be there."""
    return GraphRefusal(131008, f"The parameter {name} is required.")


def wrong(name: str, why: str) -> GraphRefusal:
    """For something that cannot be so."""
    return GraphRefusal(131009, f"{name} {why}")
