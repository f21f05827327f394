"""Mails as mail programs write them: with the headers by which a thread is known, and what they answer below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTPUTF8
from email.utils import format_datetime, make_msgid

from helpdesk.lib import clock
from helpdesk.lib.mail.message import ReadMail

DEFAULT_TYPE = "application/octet-stream"


@dataclass(frozen=True)
class Enclosure:
    """A file that goes with a mail."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Draft:
    """What somebody wrote, who lives in *zone*.

    *answers* is the mail that it is a reply to; *is_automatic*: it plays an absence note.
    """

    sender_name: str
    sender: str
    recipient: str
    subject: str
    text: str
    answers: ReadMail | None = None
    files: Sequence[Enclosure] = ()
    is_automatic: bool = False
    zone: tzinfo = UTC


def write_mail(draft: Draft) -> bytes:
    """The whole mail, ready to be handed to a mail server."""
    mail = EmailMessage(policy=SMTPUTF8)
    mail["From"] = Address(display_name=draft.sender_name, addr_spec=draft.sender)
    mail["To"] = Address(addr_spec=draft.recipient)
    mail["Subject"] = " ".join(draft.subject.split())
    mail["Date"] = format_datetime(clock.now())
    mail["Message-ID"] = make_msgid(domain=draft.sender.rpartition("@")[2])
    if draft.answers is not None and draft.answers.message_id:
        mail["In-Reply-To"] = draft.answers.message_id
        known = (*draft.answers.references, draft.answers.message_id)
        mail["References"] = " ".join(dict.fromkeys(known))
    if draft.is_automatic:
        mail["Auto-Submitted"] = "auto-replied"
    mail.set_content(_with_quote(draft))
    for file in draft.files:
        maintype, _, subtype = (file.media_type or DEFAULT_TYPE).partition("/")
        mail.add_attachment(
            file.content, maintype=maintype, subtype=subtype or "octet-stream", filename=file.name
        )
    return mail.as_bytes()


def reply_subject(subject: str) -> str:
    """Under which a reply goes: *Re:* once."""
    return subject if subject.lower().startswith(("re:", "bls:")) else f"Re: {subject}"


def answered_at(mail: ReadMail) -> str:
    """Where a reply to *mail* goes, as every mail program decides it."""
    return (mail.reply_to or mail.sender).address


def _with_quote(draft: Draft) -> str:
    """Most people answer above and leave the rest below."""
    words = draft.text.strip() + "\n"
    if draft.answers is None or draft.is_automatic:
        return words
    sender = draft.answers.sender
    at = f"{(draft.answers.sent_at or clock.now()).astimezone(draft.zone):%d/%m/%Y %H.%M}"
    quoted = "\n".join(f"> {line}".rstrip() for line in draft.answers.text.splitlines())
    return f"{words}\nPada {at}, {sender.name or sender.address} <{sender.address}> menulis:\n\n{quoted}\n"
