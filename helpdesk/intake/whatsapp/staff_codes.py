"""A member of staff sends the code by which their telephone is known from then on."""

from __future__ import annotations

from flask_babel import force_locale
from flask_babel import gettext as _

from helpdesk.messaging.whatsapp import staff_telephones
from helpdesk.messaging.whatsapp.contact import Contact


def answer_code(text: str, contact: Contact) -> str:
    """What is answered to *text*, inside the caller's unit of work; '' where it is no such code."""
    code = staff_telephones.code_in(text)
    if not code:
        return ""
    user = staff_telephones.connect(code, contact)
    if user is None:
        with force_locale(contact.language):
            refused: str = _(
                'This code is not valid, or has expired. Show a new one on the page "My account" and send it from '
                "here."
            )
        return refused
    with force_locale(user.locale):
        connected: str = _(
            "Connected. What cannot wait comes to you here from now on, %(name)s. You can change it on the page "
            '"My account".',
            name=user.full_name,
        )
    return connected
