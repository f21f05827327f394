"""What WhatsApp's provider answers, read; and what may be tapped, written in its shape."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests

from helpdesk.lib.clients.faults import Trouble, WireFault
from helpdesk.lib.clients.https import pieces_of

LONGEST_ANSWER = 4 * 1024 * 1024  # bytes of JSON; a page of templates has some hundred thousand
ANSWERS_WITHIN = 30.0  # seconds, from its first byte to its last
_OK = 200


@dataclass(frozen=True)
class MediaPlace:
    """Where a file can be fetched for about five minutes. *sha256* is hexadecimal or base64, as it was told."""

    url: str
    mime_type: str
    sha256: str
    size: int


@dataclass(frozen=True)
class FoundTemplate:
    """One template as the provider has it; *status* and *category* in lower case, *body* with its placeholders."""

    name: str
    language: str
    status: str
    category: str
    body: str
    reason: str = ""


def interactive_of(choices: Mapping[str, Any]) -> dict[str, Any]:
    """What may be tapped, in the provider's shape."""
    if "buttons" in choices:
        replies = [{"type": "reply", "reply": dict(button)} for button in choices["buttons"]]
        return {"type": "button", "action": {"buttons": replies}}
    offered = choices["list"]
    sections = [{"rows": [dict(row) for row in offered["rows"]]}]
    return {"type": "list", "action": {"button": offered["button"], "sections": sections}}


def template_in(row: Mapping[str, Any]) -> FoundTemplate:
    """One row of the list of templates."""
    components = row.get("components")
    bodies = [
        text_in(one, "text")
        for one in (components if isinstance(components, list) else [])
        if isinstance(one, dict) and text_in(one, "type").upper() == "BODY"
    ]
    reason = text_in(row, "rejected_reason")
    return FoundTemplate(
        name=text_in(row, "name"),
        language=text_in(row, "language"),
        status=text_in(row, "status").lower(),
        category=text_in(row, "category").lower(),
        body=bodies[0] if bodies else "",
        reason="" if reason.upper() == "NONE" else reason,
    )


def next_page_in(answer: Mapping[str, Any]) -> str:
    """Where the next page begins; '' on the last one, which names no next page though it has a cursor."""
    paging = answer.get("paging")
    if not isinstance(paging, dict) or not paging.get("next"):
        return ""
    cursors = paging.get("cursors")
    return text_in(cursors, "after") if isinstance(cursors, dict) else ""


def object_in(response: requests.Response) -> dict[str, Any]:
    """The JSON of *response*, which is read up to a limit.

    Raises WireFault beyond it, and for a success that is none: a page of something on the way says nothing about us. A
    failure without JSON gives an empty object, for its status tells enough.
    """
    said = b""
    for piece in pieces_of(response, within=ANSWERS_WITHIN):
        said += piece
        if len(said) > LONGEST_ANSWER:
            raise WireFault(Trouble.ANSWER, "an answer without end")
    try:
        answer = json.loads(said)
    except (ValueError, RecursionError):
        answer = None
    if isinstance(answer, dict):
        return answer
    if response.status_code == _OK:
        raise WireFault(Trouble.ANSWER, "no answer of WhatsApp")
    return {}


def rows_in(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of a list. Raises WireFault where there is no list, which is something else than an empty one."""
    rows = answer.get("data")
    if not isinstance(rows, list):
        raise WireFault(Trouble.ANSWER, "no list")
    return [row for row in rows if isinstance(row, dict)]


def text_in(answer: Mapping[str, Any], name: str) -> str:
    """What stands under *name* where it is text, else ''."""
    value = answer.get(name)
    return value if isinstance(value, str) else ""
