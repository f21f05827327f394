"""The outbox: every message and how it fared, with what belongs to a complaint hidden."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from helpdesk.messaging import outbox, templates
from helpdesk.messaging.message import OutboxMessage
from helpdesk.registry.masking import mask_email, mask_phone
from helpdesk.web.admin import door

PAGE = 50
STATUSES: dict[str, Any] = {
    "queued": _l("Waiting"),
    "sent": _l("Sent"),
    "delivered": _l("Delivered"),
    "read": _l("Read"),
    "failed": _l("Failed"),
}
EVENTS: dict[str, Any] = {
    "received": _l("Complaint received"),
    "thanked": _l("Thanks for a suggestion or praise"),
    "interim": _l("Interim reply"),
    "question": _l("Question to the complainant"),
    "answered": _l("Answer"),
    "confirm_reminder": _l("Reminder to confirm"),
    "closed_confirmed": _l("Closed: confirmed"),
    "closed_assumed": _l("Closed: assumed"),
    "closed_unilateral": _l("Closed: by us"),
    "closed_on_the_spot": _l("Closed: solved on the spot"),
    "reopened": _l("Reopened"),
    "exit_not_ours": _l("Not ours to handle"),
    "exit_archived": _l("Filed without action"),
    "exit_withdrawn": _l("Withdrawn"),
    "exit_merged": _l("Merged"),
    "late_apology": _l("Apology for being late"),
    "disposed": _l("To a unit: new disposition"),
    "assigned": _l("To an officer: assigned"),
    "returned_by_unit": _l("To customer care: sent back by a unit"),
    "submitted": _l("To customer care: answer submitted"),
    "submission_returned": _l("To a unit: answer returned"),
    "complainant_wrote": _l("To customer care: the complainant wrote"),
    "objection": _l("To customer care: objection"),
    "due_soon": _l("Warning: due soon"),
    "breached": _l("Deadline passed"),
    "escalated": _l("Escalated"),
    "named_reader": _l("Named as a reader"),
}
# An administrator reads no complaint: what would lead to one, or say what it is about, stays hidden.
_SHOWN_VALUES = frozenset({"organisation", "due", "until", "object_until", "clock"})
_HIDDEN = "•••"


@door.get("/kotak-keluar")
def outbox_list() -> ResponseReturnValue:
    """A page of messages, newest first, of one status if asked."""
    status = request.args.get("status")
    status = status if status in STATUSES else None
    before = request.args.get("sebelum", type=int)
    rows = outbox.newest_messages(status=status, before_id=before, limit=PAGE + 1)
    return render_template(
        "admin/outbox.html",
        messages=rows[:PAGE],
        next_before=rows[PAGE - 1].id if len(rows) > PAGE else None,
        is_first=before is None,
        status=status,
        statuses=STATUSES,
        events=EVENTS,
        masked=masked_address,
    )


@door.get("/kotak-keluar/<int:message_id>")
def outbox_message(message_id: int) -> ResponseReturnValue:
    """One message as it was worded, with the values of the complaint hidden."""
    message = outbox.find_message(message_id)
    return render_template(
        "admin/message.html",
        message=message,
        rendered=templates.render_message(_without_values(message)),
        statuses=STATUSES,
        events=EVENTS,
        masked=masked_address,
    )


def masked_address(message: OutboxMessage) -> str:
    """Enough of an address to recognise it."""
    address = message.address
    return mask_email(address) if "@" in address else mask_phone(address)


def _without_values(message: OutboxMessage) -> OutboxMessage:
    """A copy that no session knows, with everything about the complaint hidden."""
    return OutboxMessage(
        event=message.event,
        language=message.language,
        template_version=message.template_version,
        values={
            name: value if name in _SHOWN_VALUES else _HIDDEN
            for name, value in message.values.items()
        },
    )
