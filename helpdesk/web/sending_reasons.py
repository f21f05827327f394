"""Why a message waits or failed, in words. The outbox keeps codes of ours, and what servers said as they said it."""

from __future__ import annotations

import re
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from helpdesk.lib.clients import graph_faults
from helpdesk.lib.clients.faults import Trouble
from helpdesk.messaging.mail_caps import Cap
from helpdesk.messaging.outbox import NOT_THEIRS
from helpdesk.messaging.senders import whatsapp
from helpdesk.messaging.senders.base import OURS_TO_MEND
from helpdesk.messaging.senders.email import Obstacle
from helpdesk.messaging.whatsapp.pace import Wait

_REASONS: dict[str, Any] = {
    Cap.ADDRESS: _l(
        "This address has had as many automatic emails today as we allow; it goes later."
    ),
    Cap.TICKET: _l(
        "About this complaint as many automatic emails went out within the hour as we allow; it goes later."
    ),
    NOT_THEIRS: _l("Not sent: this contact turned out not to be the complainant's."),
    Obstacle.OWN_ADDRESS: _l("This is an address of our own: the email would come back to us."),
    Obstacle.NO_MAIL: _l("No email can be made of it"),
    Obstacle.SENDER: _l("Our mail server does not take our own address as the sender"),
    Obstacle.UNEXAMINED: _l("A file in it is still being examined; the email goes afterwards."),
    Obstacle.INFECTED: _l("Not sent: a malicious program was found in a file of it."),
    **{
        trouble.value: _l("Our mail server does not answer; it is tried again")
        for trouble in Trouble
    },
    **{
        trouble.value: _l("Our mail server does not let us in; an administrator must look")
        for trouble in OURS_TO_MEND
    },
    whatsapp.Obstacle.UNREACHABLE: _l("WhatsApp does not answer; it is tried again"),
    whatsapp.Obstacle.NOT_TRUSTED: _l(
        "The connection to WhatsApp is not safe; an administrator must look"
    ),
    whatsapp.Obstacle.NO_TEMPLATE: _l(
        "This person has not written to us in the last 24 hours, and no approved template says this."
    ),
    whatsapp.Obstacle.WINDOW_CLOSED: _l(
        "This person has not written to us in the last 24 hours, so words of one's own may not be sent."
    ),
    Wait.PAIR: _l("Many messages went to this person within a minute; it goes a little later."),
    Wait.ORDER: _l("An earlier message to this person has not gone yet; it goes after that one."),
}
_WHATSAPP_CODE = re.compile(r"\d{5,6}\b")  # of a receipt; a mail server's have three digits
_SERVER_SAID = re.compile(r"[245](?:\d\d\b|\.\d{1,3}\.\d{1,3}\b)")


def sending_reason(reason: str) -> str:
    """*reason* as somebody reads it who sends no mail servers home; what nobody worded is shown as it is."""
    code, _space, said = reason.partition(" ")
    if code == whatsapp.Obstacle.SAID or _WHATSAPP_CODE.match(reason):
        whatsapp_said = said if code == whatsapp.Obstacle.SAID else reason
        return graph_faults.in_words(whatsapp_said) or reason
    if code in _REASONS:
        return f"{_REASONS[code]}: {said}" if said else str(_REASONS[code])
    if _SERVER_SAID.match(reason):
        return str(_("The mail server said: %(words)s", words=reason))
    return reason
