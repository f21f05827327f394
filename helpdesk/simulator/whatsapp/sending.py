"""What the house wants to send, looked at as strictly as the provider does.

https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from helpdesk.simulator.whatsapp.refusals import GraphRefusal, missing, wrong

Json = dict[str, Any]
LONGEST_TEXT, LONGEST_BUTTON_BODY, LONGEST_LIST_BODY = 4096, 1024, 4096
MOST_BUTTONS, MOST_ROWS, MOST_SECTIONS = 3, 10, 10
LONGEST_DATA = 512


@dataclass(frozen=True)
class Request:
    """A message that may go out. *address* is a number or a user id as it was written."""

    address: str
    kind: str
    content: Json
    reply_to: str | None
    our_data: str

    @property
    def is_free_form(self) -> bool:
        """Does it need the open window?"""
        return self.kind != "template"


def read_request(body: Any) -> Request:
    """The message in *body*. Raises GraphRefusal."""
    if not isinstance(body, dict) or body.get("messaging_product") != "whatsapp":
        raise missing("messaging_product")
    kind = body.get("type", "text")
    check = _CHECKS.get(kind)
    if check is None:
        raise GraphRefusal(131051, f"type {kind} is not played by this simulator")
    content = body.get(kind)
    if not isinstance(content, dict):
        raise missing(str(kind))
    check(content)
    our_data = body.get("biz_opaque_callback_data", "")
    _text("biz_opaque_callback_data", our_data, LONGEST_DATA, may_be_empty=True)
    context = body.get("context")
    return Request(
        address=_address_in(body),
        kind=kind,
        content=content,
        reply_to=context.get("message_id") if isinstance(context, dict) else None,
        our_data=our_data,
    )


def _address_in(body: Json) -> str:
    """``to`` is a number and wins; ``recipient`` is a business-scoped user id."""
    to, recipient = body.get("to"), body.get("recipient")
    if to:
        digits = str(to).lstrip("+").replace(" ", "").replace("-", "")
        if not digits.isdigit() or not 6 <= len(digits) <= 15:
            raise wrong("to", "is not a telephone number")
        return digits
    if not recipient:
        raise missing("to")
    if not isinstance(recipient, str) or recipient[2:3] != "." or len(recipient) > 131:
        raise wrong("recipient", "is not a business-scoped user id")
    return recipient


def _check_text(content: Json) -> None:
    _text("text['body']", content.get("body"), LONGEST_TEXT)


def _check_interactive(content: Json) -> None:
    how, action = content.get("type"), content.get("action")
    if how not in ("button", "list"):
        raise wrong("interactive['type']", "must be one of button, list")
    body = content.get("body")
    longest = LONGEST_BUTTON_BODY if how == "button" else LONGEST_LIST_BODY
    _text(
        "interactive['body']['text']", body.get("text") if isinstance(body, dict) else "", longest
    )
    for name in ("header", "footer"):
        part = content.get(name)
        if part is not None:
            _text(f"interactive['{name}']['text']", part.get("text"), 60)
    if not isinstance(action, dict):
        raise missing("interactive['action']")
    (_check_buttons if how == "button" else _check_list)(action)


def _check_buttons(action: Json) -> None:
    buttons = action.get("buttons")
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= MOST_BUTTONS:
        raise wrong("interactive['action']['buttons']", f"must be 1 to {MOST_BUTTONS}")
    replies = [one.get("reply") or {} for one in buttons if one.get("type") == "reply"]
    if len(replies) != len(buttons):
        raise wrong("buttons", "must be of the type reply")
    for reply in replies:
        _text("button title", reply.get("title"), 20)
        _text("button id", reply.get("id"), 256)
    _once("button title", (one["title"] for one in replies))
    _once("button id", (one["id"] for one in replies))


def _check_list(action: Json) -> None:
    _text("interactive['action']['button']", action.get("button"), 20)
    sections = action.get("sections")
    if not isinstance(sections, list) or not 1 <= len(sections) <= MOST_SECTIONS:
        raise wrong("sections", f"must be 1 to {MOST_SECTIONS}")
    for section in sections:
        _text("section title", section.get("title", ""), 24, may_be_empty=len(sections) == 1)
    rows = [row for section in sections for row in section.get("rows") or []]
    if not 1 <= len(rows) <= MOST_ROWS:
        raise wrong("rows", f"must be 1 to {MOST_ROWS} in all sections together")
    for row in rows:
        _text("row title", row.get("title"), 24)
        _text("row id", row.get("id"), 200)
        _text("row description", row.get("description", ""), 72, may_be_empty=True)
    _once("row id", (row["id"] for row in rows))


def _check_template(content: Json) -> None:
    _text("template['name']", content.get("name"), 512)
    language = content.get("language")
    if not isinstance(language, dict) or not language.get("code"):
        raise missing("template['language']['code']")
    if not isinstance(content.get("components", []), list):
        raise wrong("template['components']", "must be a list")


def _text(name: str, value: Any, longest: int, *, may_be_empty: bool = False) -> None:
    if not isinstance(value, str) or (not value.strip() and not may_be_empty):
        raise missing(name)
    if len(value) > longest:
        raise wrong(name, f"must be at most {longest} characters long")


def _once(name: str, values: Iterable[str]) -> None:
    found = list(values)
    if len(set(found)) != len(found):
        raise wrong(name, "must not come twice")


_CHECKS: dict[str, Callable[[Json], None]] = {
    "text": _check_text,
    "interactive": _check_interactive,
    "template": _check_template,
}
