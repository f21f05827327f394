"""What can be tapped. Ids are codes that we believe only after looking whose they are; titles are words.

Limits of the provider: three buttons of 20 characters; ten rows, 24 characters a title and 72 a description.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _

from helpdesk.intake.submission import Wish
from helpdesk.intake.whatsapp.dialogue.talk import Known
from helpdesk.tickets.states import Kind

Choices = Mapping[str, Any]
MOST_ROWS = 10
COMPLAIN, STATUS, ADD, INFO, PERSON = (
    "menu:complain",
    "menu:status",
    "menu:add",
    "menu:info",
    "menu:person",
)
BY_DIGIT = dict(zip("12345", (COMPLAIN, STATUS, ADD, INFO, PERSON), strict=True))
SEND, MORE, PRIVATE, RECORD, NEW = "send", "more", "private", "record", "new"


def menu() -> Choices:
    """What we can do for somebody."""
    return _list(
        _("Choose"),
        [
            (COMPLAIN, _("Make a complaint"), _("What happened, where and when; photos too")),
            (STATUS, _("How is my complaint?"), _("Where it stands and when we answer")),
            (ADD, _("Add details or photos"), _("To a complaint that we have already")),
            (INFO, _("Ask something"), _("Visiting hours, requirements, and so on")),
            (PERSON, _("Talk to our staff"), _("They answer you here")),
        ],
    )


def of_summary(kind: Kind) -> Choices:
    """Send it; say more, or what else it is; who may know."""
    private = (PRIVATE, _("Confidential/anon."))
    if kind is Kind.COMPLAINT:
        return _buttons((SEND, _("Send now")), (MORE, _("Add something")), private)
    send = {
        Kind.INFORMATION: _("Send question"),
        Kind.PRAISE: _("Send praise"),
        Kind.SUGGESTION: _("Send suggestion"),
    }[kind]
    return _buttons((SEND, send), (f"kind:{Kind.COMPLAINT.value}", _("It is a complaint")), private)


def of_wish() -> Choices:
    """Who may know."""
    return _buttons(
        (f"wish:{Wish.ORDINARY.value}", _("Ordinary")),
        (f"wish:{Wish.CONFIDENTIAL.value}", _("Confidential")),
        (f"wish:{Wish.ANONYMOUS.value}", _("Anonymous")),
    )


def of_emergency() -> Choices:
    """After the alarm."""
    return _buttons((RECORD, _("Record complaint")), (PERSON, _("Talk to a person")))


def add_or_new(ticket: Known) -> Choices:
    """One open ticket."""
    return _buttons((f"ticket:{ticket.id}", _("Add to it")), (NEW, _("New complaint")))


def tickets(known: Iterable[Known], *, with_new: bool = False) -> Choices:
    """Their tickets, the newest first, as many as a list holds."""
    rows = [(f"ticket:{one.id}", one.shown, one.hint) for one in known]
    rows = rows[: MOST_ROWS - with_new]
    if with_new:
        rows.append((NEW, _("New complaint"), _("It belongs to none of these")))
    return _list(_("Choose"), rows)


def of_withdrawal(ticket_id: int) -> Choices:
    """Really?"""
    return _buttons(
        (f"withdraw:{ticket_id}", _("Yes, withdraw")), (f"keep:{ticket_id}", _("No, go on"))
    )


def of_confirmation(ticket_id: int) -> Choices:
    """*Selesai* or *belum*."""
    return _buttons(
        (f"resolved:{ticket_id}", _("Solved")), (f"not_yet:{ticket_id}", _("Not solved yet"))
    )


def not_yet(ticket_id: int) -> Choices:
    """After a bad rating."""
    return _buttons((f"not_yet:{ticket_id}", _("Not solved yet")))


def ratings(ticket_id: int) -> Choices:
    """From 5 to 1."""
    words = {5: _("Very good"), 4: _("Good"), 3: _("Fair"), 2: _("Poor"), 1: _("Very poor")}
    rows = [(f"rate:{ticket_id}:{score}", f"{score} · {word}", "") for score, word in words.items()]
    return _list(_("Rate us"), rows)


def _buttons(*pairs: tuple[str, str]) -> Choices:
    return {"buttons": [{"id": code, "title": title[:20]} for code, title in pairs]}


def _list(button: str, rows: Iterable[tuple[str, str, str]]) -> Choices:
    return {
        "list": {
            "button": button[:20],
            "rows": [
                {"id": code, "title": title[:24], "description": hint[:72]}
                for code, title, hint in rows
            ],
        }
    }
