"""A first mail through the relay, to somebody who can say whether it arrived."""

from __future__ import annotations

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

from email_validator import EmailNotValidError, validate_email
from flask_babel import lazy_gettext as _l

from helpdesk.lib import clock
from helpdesk.lib.clients.faults import WireFault
from helpdesk.lib.clients.smtp import Envelope, SmtpConnection
from helpdesk.lib.errors import Invalid
from helpdesk.messaging.mail_relay import MailRelay
from helpdesk.messaging.relay import account_of, doubt_token


def send_trial(found: MailRelay, recipient: str, *, subject: str, text: str) -> str:
    """Send a small mail to *recipient* now; what the server said when it took it.

    Talks to the network, so never inside a unit of work, and *found* must be detached. Nothing is kept. Raises
    Invalid for what is no address, WireFault when the server cannot be used, Rejected when it says no.
    """
    sender, address = _on_the_wire(found.from_address), _on_the_wire(recipient)
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


def _on_the_wire(address: str) -> str:
    try:
        read = validate_email(address.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise Invalid(
            {"address": _l("This is not an email address. Example: name@example.com")}
        ) from None
    return read.ascii_email or read.normalized
