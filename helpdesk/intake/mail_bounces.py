"""A mail server says that one of our messages did not arrive, or not yet."""

from __future__ import annotations

from helpdesk.intake.inbound import Fate
from helpdesk.intake.mail_outcome import Outcome, Reason
from helpdesk.lib.mail.message import Bounce, ReadMail
from helpdesk.messaging.mail_identity import OwnIdentity, read_identity
from helpdesk.tickets.undelivered import note_bounce


def take_bounce(mail: ReadMail, bounce: Bounce) -> Outcome:
    """Tie the report to the message of ours that it is about, inside the caller's unit of work.

    Anybody can write a report. It counts only when it returns our own token, which nobody knows but the servers that
    carried our message and its recipient; a report about nothing of ours is kept, and nothing follows from it.
    """
    identity = _returned(mail, bounce)
    if identity is None:
        return Outcome(Fate.AUTOMATIC, Reason.UNKNOWN_BOUNCE)
    event = note_bounce(identity.outbox_id, bounce)
    ticket_id = identity.subject_id if identity.subject_kind == "ticket" else None
    return Outcome(Fate.BOUNCED, Reason.UNDELIVERED, ticket_id, event.id if event else None)


def _returned(mail: ReadMail, bounce: Bounce) -> OwnIdentity | None:
    marks = [bounce.original_id, mail.in_reply_to, *reversed(mail.references), *mail.recipients]
    return next((found for mark in marks if mark and (found := read_identity(mark))), None)
