"""The administrator's door: is everything well, and everything that is data rather than code.

An administrator reads no complaint by that role alone, so no page here shows one.
"""

from helpdesk.accounts.roles import Role
from helpdesk.web.doors import door as make_door

door = make_door("admin", __name__, opens_to=frozenset({Role.ADMIN}), prefix="/admin")

from helpdesk.web.admin import (  # noqa: E402 - the pages hang themselves on the door above
    audit,
    backups,
    calendars,
    canned_texts,
    categories,
    holidays,
    home,
    letter_words,
    lists,
    mail,
    mail_relay,
    mail_routes,
    mailboxes,
    message_words,
    organisation,
    outbox,
    places,
    policies,
    retention,
    units,
    users,
    whatsapp,
    whatsapp_line,
    whatsapp_set_aside,
)

__all__ = [
    "audit",
    "backups",
    "calendars",
    "canned_texts",
    "categories",
    "door",
    "holidays",
    "home",
    "letter_words",
    "lists",
    "mail",
    "mail_relay",
    "mail_routes",
    "mailboxes",
    "message_words",
    "organisation",
    "outbox",
    "places",
    "policies",
    "retention",
    "units",
    "users",
    "whatsapp",
    "whatsapp_line",
    "whatsapp_set_aside",
]
