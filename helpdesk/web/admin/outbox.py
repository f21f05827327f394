"""The outbox: every message and how it fared, with what belongs to a complaint hidden."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from helpdesk.lib.errors import Conflict, Invalid
from helpdesk.lib.words import LANGUAGE_NAMES
from helpdesk.messaging import outbox, templates
from helpdesk.messaging.message import OutboxMessage
from helpdesk.tickets.trying_again import (
    can_be_sent_again,
    send_any_again,
    why_doubted,
    why_not_again,
)
from helpdesk.web.admin import door
from helpdesk.web.doors import current_actor
from helpdesk.web.forms import SendAgainForm
from helpdesk.web.typed import whole_number
from helpdesk.web.words import WORDS

PAGE = 50
STATUSES = WORDS["delivery"]
EVENTS = WORDS["notice"]
# An administrator reads no complaint: what would lead to one, or say what it is about, stays hidden.
_SHOWN_VALUES = frozenset(
    {"organisation", "due", "until", "object_until", "emergency", "clock", "files"}
)
_HIDDEN = "•••"


@door.get("/kotak-keluar")
def outbox_list() -> ResponseReturnValue:
    """A page of messages, newest first, of one status if asked."""
    status = request.args.get("status")
    status = status if status in STATUSES else None
    before = whole_number(request.args.get("sebelum"))
    rows = outbox.newest_messages(status=status, before_id=before, limit=PAGE + 1)
    return render_template(
        "admin/outbox.html",
        messages=rows[:PAGE],
        next_before=rows[PAGE - 1].id if len(rows) > PAGE else None,
        is_first=before is None,
        status=status,
        statuses=STATUSES,
        events=EVENTS,
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
        languages=LANGUAGE_NAMES,
        again=SendAgainForm(formdata=None) if can_be_sent_again(message) else None,
        why_not_again=why_not_again(message),
        doubt=why_doubted(message),
    )


@door.post("/kotak-keluar/<int:message_id>/kirim-ulang")
def send_message_again(message_id: int) -> ResponseReturnValue:
    """Try once more to send what failed."""
    form = SendAgainForm()
    try:
        fresh = send_any_again(message_id, by=current_actor(), is_sure=form.is_sure.data)
    except Invalid as invalid:
        flash(invalid.fields["is_sure"], "warn")
    except Conflict as conflict:
        flash(conflict.reason, "warn")
    else:
        flash(_("The message is on its way again."))
        message_id = fresh.id
    return redirect(url_for("admin.outbox_message", message_id=message_id))


def _without_values(message: OutboxMessage) -> OutboxMessage:
    """A copy that no session knows, with everything about the complaint hidden."""
    return OutboxMessage(
        event=message.event,
        language=message.language,
        template_version=message.template_version,
        text=None if message.text is None else _HIDDEN,
        values={
            name: value if name in _SHOWN_VALUES else _HIDDEN
            for name, value in message.values.items()
        },
    )
