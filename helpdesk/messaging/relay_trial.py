"""A first mail through the relay, to somebody who can say whether it arrived."""

from __future__ import annotations

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

from flask_babel import lazy_gettext as _l

from helpdesk.lib import clock
from helpdesk.lib.clients.faults import WireFault
from helpdesk.lib.clients.smtp import Envelope, SmtpConnection
from helpdesk.lib.errors import Invalid
from helpdesk.messaging.mail_composing import Uncomposable, wire_address
from helpdesk.messaging.mail_relay import MailRelay
from helpdesk.messaging.relay import account_of, doubt_token


def send_trial(found: MailRelay, recipient: str, *, subject: str, text: str) -> str:
    """Send a small mail to *recipient* now; what the server said when it took it.

    Talks to the network, so never inside a unit of work, and *found* must be detached. Nothing is kept. Raises
    Invalid for what is no address, WireFault when the server cannot be used, Rejected when it says no.
    """
    try:
        sender, address = wire_address(found.from_address), wire_address(recipient.strip())
    except Uncomposable:
        said = _l("This is not an email address. Example: name@example.com")
        raise Invalid({"address": said}) from None
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(display_name=found.from_name, addr_spec=sender)
    mail["To"] = Address(addr_spec=address)
    mail["Subject"] = subject
    mail["Date"] = format_datetime(clock.now())
    mail["Message-ID"] = make_msgid("trial", domain=sender.rpartition("@")[2])
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no machine answers it
    mail.set_content(text)
    connection = SmtpConnection(account_of(found))
    try:
        taken = connection.deliver(
            Envelope(sender, address), mail.as_bytes(), waits_for_copies=False
        )
    except WireFault as fault:
        doubt_token(found, fault)
        raise
    finally:
        connection.close()
    return taken.words
