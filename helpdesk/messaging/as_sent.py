"""A message as it left us, read from the bytes that were kept.

Whoever may read the message but is not its reader must not get the key in it: the link opens the complaint in its
complainant's name. It is left out everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from email import message_from_binary_file
from email.message import EmailMessage
from email.policy import default

from markupsafe import escape

from helpdesk.lib.errors import NotFound
from helpdesk.lib.storage import get_storage
from helpdesk.messaging.message import OutboxMessage
from helpdesk.messaging.templates import render_message

HIDDEN = "…"
_SHOWN = ("From", "To", "Cc", "Reply-To", "Date", "Message-ID", "In-Reply-To")


@dataclass(frozen=True)
class AsSent:
    """What went out. *headers* and *html* are empty for what is no mail, or has not left yet."""

    subject: str
    text: str
    headers: tuple[tuple[str, str], ...] = ()
    html: str = ""
    files: tuple[str, ...] = ()


def as_sent(message: OutboxMessage) -> AsSent:
    """*message* as it was sent, else as it is going to be. Raises ValueError when its wording is gone."""
    mail = _kept(message)
    if mail is None:
        rendered = render_message(message)
        words = _without(str(message.values.get("link", "")), rendered.body)
        files = tuple(file["name"] for file in message.enclosures or ())
        return AsSent(rendered.subject, words, files=files)
    link = str(message.values.get("link", ""))
    return AsSent(
        subject=str(mail["Subject"] or ""),
        text=_without(link, _body(mail, "plain")),
        headers=tuple((name, str(mail[name])) for name in _SHOWN if mail[name]),
        html=_without(str(escape(link)), _body(mail, "html")),
        files=tuple(part.get_filename() or HIDDEN for part in mail.iter_attachments()),
    )


def _kept(message: OutboxMessage) -> EmailMessage | None:
    if message.sent_digest is None:
        return None
    try:
        with get_storage().open(message.sent_digest) as file:
            return message_from_binary_file(file, policy=default)
    except NotFound:  # the row says more than nothing
        return None


def _body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    content: str = part.get_content() if part is not None else ""
    return content.replace("\r\n", "\n")


def _without(link: str, text: str) -> str:
    return text.replace(link, HIDDEN) if link else text
