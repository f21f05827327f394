"""What the reader of a message may tap: up to three buttons, or a list of up to ten rows, in the provider's measures.

Sources: https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/
interactive-reply-buttons-messages and interactive-list-messages. What is too long would be refused as a whole, so it
is noticed when it is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

MOST_BUTTONS = 3
MOST_ROWS = 10
BUTTON_TITLE, BUTTON_ID = 20, 256  # characters, as all below
ROW_TITLE, ROW_DESCRIPTION, ROW_ID = 24, 72, 200
BODY_WITH_CHOICES = 1024


def check_choices(text: str, choices: Mapping[str, Any] | None) -> None:
    """Raise ValueError, naming the piece, where *text* with *choices* is more than the provider takes.

    *choices* is ``{"buttons": [{"id", "title"}, ...]}`` or ``{"list": {"button", "rows": [{"id", "title",
    "description"}, ...]}}``; None where there is nothing to tap.
    """
    if choices is None:
        return
    if len(text) > BODY_WITH_CHOICES:
        raise ValueError(f"more than {BODY_WITH_CHOICES} characters above something to tap")
    if set(choices) == {"buttons"}:
        _check_buttons(choices["buttons"])
    elif set(choices) == {"list"}:
        _check_list(choices["list"])
    else:
        raise ValueError(f"neither buttons nor a list: {sorted(choices)}")


def _check_buttons(buttons: list[dict[str, str]]) -> None:
    if not 1 <= len(buttons) <= MOST_BUTTONS:
        raise ValueError(f"{len(buttons)} buttons; from 1 to {MOST_BUTTONS} are possible")
    for button in buttons:
        _check_length("a button", button["title"], BUTTON_TITLE)
        _check_length("the id of a button", button["id"], BUTTON_ID)
    _check_different(buttons)


def _check_list(offered: dict[str, Any]) -> None:
    rows = offered["rows"]
    if not 1 <= len(rows) <= MOST_ROWS:
        raise ValueError(f"{len(rows)} rows; from 1 to {MOST_ROWS} are possible")
    _check_length("the button of a list", offered["button"], BUTTON_TITLE)
    for row in rows:
        _check_length("a row", row["title"], ROW_TITLE)
        _check_length("the id of a row", row["id"], ROW_ID)
        if len(row.get("description", "")) > ROW_DESCRIPTION:
            raise ValueError(f"the description of {row['title']!r} is too long")
    _check_different(rows)


def _check_length(what: str, text: str, most: int) -> None:
    if not 1 <= len(text.strip()) <= most:
        raise ValueError(f"{what} has 1 to {most} characters: {text!r}")


def _check_different(offered: Iterable[dict[str, str]]) -> None:
    """The id alone says what was tapped, the title alone what is seen: neither twice."""
    for name in ("id", "title"):
        said = [one[name] for one in offered]
        if len(set(said)) < len(said):
            raise ValueError(f"the same {name} twice: {said}")
