"""From a stored row to a mail that was read and whose files were taken in. Outside any unit of work: it is slow."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from helpdesk.intake.inbound import Inbound
from helpdesk.intake.inbox import raw_of
from helpdesk.intake.mailbox import Mailbox
from helpdesk.lib.database import db
from helpdesk.lib.errors import Invalid
from helpdesk.lib.mail.message import MailFile, Nature, ReadMail
from helpdesk.lib.mail.reading import read_mail
from helpdesk.lib.uploads import COMPLAINANT, Received, receive
from helpdesk.messaging.relay import own_addresses
from helpdesk.tickets.keys import without_links


@dataclass(frozen=True)
class Taken:
    """The files of a mail: those that are kept beside the ticket, and the names of those that are in the mail only."""

    files: tuple[Received, ...] = ()
    refused: tuple[str, ...] = ()


@dataclass(frozen=True)
class Arrived:
    """A mail as it is admitted."""

    mail: ReadMail
    taken: Taken


def read_original(row: Inbound) -> ReadMail:
    """The mail of *row*, read anew from its bytes. Raises NotFound when they are gone.

    An answer quotes the link that opens the complaint in its complainant's name: it is in the bytes alone.
    """
    mailbox = db.session.get(Mailbox, row.mailbox_id) if row.mailbox_id else None
    believed = mailbox.authserv_id if mailbox else ""
    mail = read_mail(raw_of(row), authserv_id=believed, own_identifiers=sorted(own_addresses()))
    return replace(
        mail,
        text=without_links(mail.text),
        reply=without_links(mail.reply),
        html=without_links(mail.html),
    )


def read_arrived(row: Inbound) -> Arrived:
    """The mail with its files taken in; those of machines stay where they are. Raises NotFound like the above."""
    mail = read_original(row)
    taken = take_files(mail.files, mail.surplus) if mail.nature is Nature.PERSON else Taken()
    return Arrived(mail, taken)


def take_files(files: Iterable[MailFile], surplus: Iterable[str]) -> Taken:
    """Take in what the house accepts from complainants; the rest is named and stays in the original. The same once."""
    kept: dict[str, Received] = {}
    refused = list(surplus)
    for file in files:
        try:
            received = receive(file.content, file.name, purpose=COMPLAINANT)
        except Invalid:
            refused.append(file.name)
        else:
            kept.setdefault(received.sha256, received)
    return Taken(tuple(kept.values()), tuple(refused))
