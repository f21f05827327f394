"""Every table of the house in one place, for migrations and for tests of the metadata. Only imports."""

from helpdesk.accounts import organisation, unit, user
from helpdesk.audit import trail
from helpdesk.backup import record as backup
from helpdesk.catalogue import category
from helpdesk.intake import kept_files
from helpdesk.letters import letter, wording
from helpdesk.lib import clock_watch, heartbeats, limits_storage, once, sequences
from helpdesk.messaging import message
from helpdesk.monitoring import day_fact
from helpdesk.monitoring.summaries import summary
from helpdesk.registry import complainant
from helpdesk.sla import models as sla
from helpdesk.tickets import (
    case_files,
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
    "case_files",
    "category",
    "day_fact",
    "complainant",
    "clock_watch",
    "heartbeats",
    "kept_files",
    "letter",
    "likeness",
    "limits_storage",
    "message",
    "once",
    "organisation",
    "presence",
    "records",
    "resending",
    "saved_views",
    "sequences",
    "sla",
    "summary",
    "ticket",
    "touching",
    "trail",
    "unit",
    "user",
    "wording",
]
