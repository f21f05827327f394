"""One message as the bytes that go out: the headers, the words as text and as HTML, and the files.

The same row makes the same bytes each time that it is tried, as long as nobody writes in between.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8, Policy
from email.utils import format_datetime

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import select

from helpdesk.accounts.organisation import house_name
from helpdesk.lib.clients.smtp import Envelope
from helpdesk.lib.database import db
from helpdesk.lib.storage import get_storage
from helpdesk.messaging.mail_caps import is_automatic
from helpdesk.messaging.mail_html import MailPage, draw_mail
from helpdesk.messaging.mail_identity import (
    SUBJECT_LENGTH,
    mails_from,
    message_id_of,
    tagged_address,
)
from helpdesk.messaging.mail_reference import MailReference
from helpdesk.messaging.mail_relay import MailRelay
from helpdesk.messaging.message import OutboxMessage
from helpdesk.messaging.relay import received_addresses
from helpdesk.messaging.templates import Rendered
from helpdesk.messaging.wordbook import words_of

# What is sent at once because somebody's mail came in; everything else has another occasion.
_SENT_AT_ONCE = frozenset(
    {
        "received",
        "received_late",
        "received_urgent",
        "asked_received",
        "thanked",
        "whom_to_call",
        "whom_to_call_only",
    }
)
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,400}@[!-;=?-~]{1,400}>")
_REPLY_MARKS = re.compile(r"^(?:\s*(?:re|bls|balas|fwd?|trs|aw|sv)\s*(?:\[\d+\])?\s*:)+", re.I)


class MessageIds(UnstructuredHeader, BaseHeader):
    """Message-IDs as they are, one on a line: Python would encode those of more than 78 letters, as Exchange makes
    them, and then no mail programme finds the thread.
    """

    def fold(self, *, policy: Policy) -> str:
        """The header as it goes out."""
        ids = f"{policy.linesep} ".join(str(self).split())
        return f"{self.name}: {ids}{policy.linesep}"


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("in-reply-to", MessageIds)
_HEADERS.map_to_type("references", MessageIds)


class Uncomposable(ValueError):
    """This message can never become a mail; *reason* says why."""


@dataclass(frozen=True)
class Composed:
    """What goes over the wire: to whom, and the bytes with CRLF at the ends of their lines."""

    envelope: Envelope
    content: bytes


def compose(rendered: Rendered, message: OutboxMessage, relay: MailRelay) -> Composed:
    """The mail that *message* becomes through *relay*. Reads the database; raises Uncomposable."""
    addresses = [wire_address(one) for one in (message.address, *(message.cc or ()))]
    sender = wire_address(relay.from_address)
    envelope = Envelope(sender, addresses[0], tuple(addresses[1:]))
    before = mails_from(message.address, (message.subject_kind, message.subject_id))
    policy = SMTP if envelope.is_ascii else SMTPUTF8
    mail = EmailMessage(policy=policy.clone(header_factory=_HEADERS))
    try:
        _address(mail, message, relay, envelope)
        _say_what_it_is(mail, message, is_reply=bool(before))
        _thread(mail, message, before, domain=sender.rpartition("@")[2])
        mail["Subject"] = _subject(rendered, message, before)
    except (ValueError, MessageError) as error:  # a header that cannot be written
        raise Uncomposable(f"{type(error).__name__}: {error}") from error
    _fill(mail, rendered, message, relay)
    mail["Content-Language"] = message.language  # last: filling it takes away every Content header
    return Composed(envelope, mail.as_bytes())


def _address(
    mail: EmailMessage, message: OutboxMessage, relay: MailRelay, envelope: Envelope
) -> None:
    mail["From"] = Address(display_name=_sender_name(relay), addr_spec=envelope.sender)
    mail["To"] = Address(addr_spec=envelope.recipient)
    if envelope.copies:
        mail["Cc"] = tuple(Address(addr_spec=one) for one in envelope.copies)
    answers_to = wire_address(relay.reply_to or relay.from_address)
    if relay.takes_tags:
        mail["Reply-To"] = Address(addr_spec=tagged_address(answers_to, message))
    elif relay.reply_to:
        mail["Reply-To"] = Address(addr_spec=answers_to)


def _say_what_it_is(mail: EmailMessage, message: OutboxMessage, *, is_reply: bool) -> None:
    """RFC 3834: who answers by a machine must not answer this; what a person wrote is no automatic mail."""
    mail["Date"] = format_datetime(message.created_at)
    if is_automatic(message):
        replied = is_reply and message.event in _SENT_AT_ONCE
        mail["Auto-Submitted"] = "auto-replied" if replied else "auto-generated"
        mail["X-Auto-Response-Suppress"] = "OOF, AutoReply"  # Exchange knows nothing of the above


def _thread(
    mail: EmailMessage, message: OutboxMessage, before: list[MailReference], *, domain: str
) -> None:
    """Where a mail programme puts it: below what the person wrote, else below our first mail about it."""
    mail["Message-ID"] = message_id_of(message, domain)
    theirs = [one.message_id for one in before if _MESSAGE_ID.fullmatch(one.message_id)]
    first = _first_of_ours(message)
    known = ([message_id_of(first, domain)] if first else []) + theirs
    if theirs:
        mail["In-Reply-To"] = theirs[-1]
    elif first:
        mail["In-Reply-To"] = known[0]
    if known:
        mail["References"] = " ".join(dict.fromkeys(known))


def _first_of_ours(message: OutboxMessage) -> OutboxMessage | None:
    return db.session.scalar(
        select(OutboxMessage)
        .where(
            OutboxMessage.subject_kind == message.subject_kind,
            OutboxMessage.subject_id == message.subject_id,
            OutboxMessage.id < message.id,
            OutboxMessage.channel == message.channel,
            OutboxMessage.address == message.address,
            OutboxMessage.sent_at.is_not(None),
        )
        .order_by(OutboxMessage.id)
        .limit(1)
    )


def _subject(rendered: Rendered, message: OutboxMessage, before: list[MailReference]) -> str:
    """Under the subject of the person's own mail, with the number; else under ours."""
    theirs = _REPLY_MARKS.sub("", before[-1].mail_subject).strip() if before else ""
    if not theirs:
        return " ".join(rendered.subject.split())[:SUBJECT_LENGTH]
    number = message.values.get("number", "")
    mark = f" [{number}]" if number and number not in theirs else ""
    return f"Re: {theirs[: SUBJECT_LENGTH - len(mark)]}{mark}"


def _fill(mail: EmailMessage, rendered: Rendered, message: OutboxMessage, relay: MailRelay) -> None:
    words = words_of(message.language)
    is_read = (relay.reply_to or relay.from_address).lower() in received_addresses()
    delimiter = words["mail.delimiter"] if is_read else ""
    text = f"{delimiter}\n\n{rendered.body}" if delimiter else rendered.body
    page = MailPage(
        organisation=_sender_name(relay),
        subject=rendered.subject,
        body=rendered.body,
        language=message.language,
        link=str(message.values.get("link", "")),
        button=words[_button(message)],
        delimiter=delimiter,
    )
    mail.set_content(text, cte="quoted-printable")
    mail.add_alternative(draw_mail(page), subtype="html", cte="quoted-printable")
    for file in message.enclosures or ():
        with get_storage().open(file["digest"]) as content:
            maintype, _, subtype = file["media_type"].partition("/")
            mail.add_attachment(
                content.read(), maintype=maintype, subtype=subtype, filename=file["name"]
            )
    _fix_boundaries(mail, message)


def _button(message: OutboxMessage) -> str:
    """Which words stand on the way in; staff also hear of what is no ticket: leave, a copy, a mailbox."""
    if message.recipient_kind != "staff":
        return "mail.open"
    return "mail.open_ticket" if message.subject_kind == "ticket" else "mail.open_staff"


def _fix_boundaries(mail: EmailMessage, message: OutboxMessage) -> None:
    """By themselves they are drawn by lot, and each try would leave other bytes behind."""
    for place, part in enumerate(mail.walk()):
        if part.is_multipart():
            part.set_boundary(f"=_tanggap_{message.id}_{place}_=")


def _sender_name(relay: MailRelay) -> str:
    return relay.from_name or house_name()


def wire_address(address: str) -> str:
    """With its domain in ASCII, as every server understands it. Raises Uncomposable."""
    try:
        # Also .test and the like: whether a domain exists is for the server to say.
        read = validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise Uncomposable(f"not an address: {error}") from error
    return read.ascii_email or f"{read.local_part}@{read.ascii_domain}"
