"""Every table of the house in one place, for migrations and for tests of the metadata. Only imports."""

from helpdesk.accounts import leave, organisation, unit, user
from helpdesk.audit import trail
from helpdesk.backup import reading
from helpdesk.backup import record as backup
from helpdesk.catalogue import category
from helpdesk.improvements import improvement
from helpdesk.intake import inbound, kept_files, mailbox
from helpdesk.intake.whatsapp import conversation
from helpdesk.intake.whatsapp import message as whatsapp_message
from helpdesk.letters import letter, wording
from helpdesk.lib import clock_watch, examined_files, heartbeats, limits_storage, once, sequences
from helpdesk.messaging import mail_reference, mail_relay, message
from helpdesk.messaging.whatsapp import contact, line, staff_telephone, template
from helpdesk.monitoring import day_fact
from helpdesk.monitoring.summaries import summary
from helpdesk.registry import complainant
from helpdesk.sla import models as sla
from helpdesk.tickets import (
    canned_texts,
    case_files,
    erased_files,
    likeness,
    presence,
    records,
    resending,
    saved_views,
    ticket,
    touching,
)

__all__ = [
    "backup",
    "canned_texts",
    "case_files",
    "category",
    "contact",
    "conversation",
    "day_fact",
    "complainant",
    "clock_watch",
    "erased_files",
    "examined_files",
    "heartbeats",
    "improvement",
    "inbound",
    "kept_files",
    "leave",
    "letter",
    "likeness",
    "line",
    "limits_storage",
    "mail_reference",
    "mail_relay",
    "mailbox",
    "message",
    "once",
    "organisation",
    "presence",
    "reading",
    "records",
    "resending",
    "saved_views",
    "sequences",
    "sla",
    "staff_telephone",
    "summary",
    "template",
    "ticket",
    "touching",
    "trail",
    "unit",
    "user",
    "whatsapp_message",
    "wording",
]
