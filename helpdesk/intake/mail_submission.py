"""A person's mail in the one shape of everything that arrives."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _

from helpdesk.intake.inbound import Inbound
from helpdesk.intake.languages import language_of
from helpdesk.intake.mail_addresses import route_of, written_to
from helpdesk.intake.mail_outcome import has_namesake
from helpdesk.intake.mail_reading import Arrived
from helpdesk.intake.submission import Submission, Wish
from helpdesk.lib import clock
from helpdesk.lib.mail.defects import UNREAD
from helpdesk.lib.mail.message import MailAddress, ReadMail
from helpdesk.registry.identifiers import parse_email, read_or_empty
from helpdesk.tickets.opening import BACKDATING_NEEDS_REASON
from helpdesk.tickets.states import Channel

NAME_LENGTH = 120
# How answers and forwarded mails begin, in English and Indonesian clients; also "Re[2]:".
_PREFIXES = re.compile(r"^\s*(?:(?:re|fw|fwd|bls|balas|trs|terusan)\s*(?:\[\d+\])?\s*:\s*)+", re.I)


def words_of(mail: ReadMail) -> str:
    """What a new ticket says: the whole readable text, else the subject; empty where there is neither."""
    return mail.text.strip() or title_of(mail)


def new_words_of(mail: ReadMail) -> str:
    """What is new in an answer; where trimming left nothing, everything, and where there is nothing, its subject."""
    return mail.reply.strip() or words_of(mail)


def title_of(mail: ReadMail) -> str:
    """The subject without what says that it is an answer or was passed on."""
    return _PREFIXES.sub("", mail.subject).strip()


def submission_of(row: Inbound, arrived: Arrived, *, wish: Wish) -> Submission:
    """The mail of *row* as a complaint of its sender."""
    mail = arrived.mail
    now = clock.now()
    received_at = _received_at_of(mail, row.arrived_at, now)
    route = route_of(mail.recipients)
    suggested = {"suggested_unit_id": route.unit_id} if route and route.unit_id else {}
    text = words_of(mail)
    return Submission(
        text=text,
        title=title_of(mail),
        channel=Channel.EMAIL,
        source=written_to(mail.recipients, row.mailbox_id),
        language=language_of(f"{mail.subject} {text}"),
        wish=wish,
        name=name_of(mail.sender),
        email=address_of(mail),
        is_doubted=mail.checks.has_failed,
        received_at=received_at,
        late_reason=_late_reason(now - received_at),
        category_id=route.category_id if route else None,
        files=arrived.taken.files,
        key=f"inbox/{row.id}",
        session_id="inbox",
        facts={"mail": mail_facts(row, arrived, shown=text), **suggested},
    )


def mail_facts(row: Inbound, arrived: Arrived, *, shown: str, **more: Any) -> dict[str, Any]:
    """What a ticket's event keeps of its mail: which it was, what was checked, and what else stood in it.

    *whole* is the readable text where the event shows less of it, *not_taken* the files that only the original has,
    *unread* why a part of it could not be read.
    """
    mail = arrived.mail
    facts: dict[str, Any] = {"id": row.id, "checks": _checks(mail), **more}
    if mail.text.strip() != shown.strip():
        facts["whole"] = mail.text.strip()
    if arrived.taken.refused:
        facts["not_taken"] = list(arrived.taken.refused)
    unread = sorted(UNREAD.intersection(mail.defects))
    if unread:
        facts["unread"] = unread
    if mail.checks.has_failed:
        facts["has_failed"] = True
    if has_namesake(row):
        facts["has_namesake"] = True
    return facts


def _received_at_of(mail: ReadMail, arrived_at: datetime, now: datetime) -> datetime:
    """When it was received: what the sender's machine says, where that is believable, else when we fetched it.

    The mailbox had it before we fetched it, so *Date* is nearer to the truth after a failure of ours. Not believed
    is a moment after *arrived_at*, and one so old that recording it would need a reason.
    """
    if mail.sent_at is None or mail.sent_at > arrived_at:
        return arrived_at
    is_believable = now - mail.sent_at <= BACKDATING_NEEDS_REASON
    return mail.sent_at if is_believable else arrived_at


def name_of(sender: MailAddress) -> str:
    """What the sender is called; nothing where the name is an address only."""
    name = " ".join(sender.name.split()).strip("'\" ")
    return "" if "@" in name else name[:NAME_LENGTH]


def address_of(mail: ReadMail) -> str:
    """Where the sender can be written to; empty for what is no address, or not certainly theirs."""
    if not mail.has_certain_sender:
        return ""
    return read_or_empty(parse_email, mail.sender.address)


def said_by(sender: MailAddress) -> str:
    """The sender as customer care reads it: name and address."""
    return " ".join(part for part in (name_of(sender), f"<{sender.address}>") if part)


def _late_reason(age: timedelta) -> str:
    if age <= BACKDATING_NEEDS_REASON:
        return ""
    return str(_("The email waited in our inbox before it was taken up."))


def _checks(mail: ReadMail) -> dict[str, str]:
    return {"spf": mail.checks.spf, "dkim": mail.checks.dkim, "dmarc": mail.checks.dmarc}
