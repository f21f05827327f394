"""Every table of the house in one place, for migrations and for tests of the metadata. Only imports."""

from helpdesk.accounts import organisation, unit, user
from helpdesk.audit import trail
from helpdesk.catalogue import category
from helpdesk.intake import kept_files
from helpdesk.letters import letter
from helpdesk.lib import heartbeats, limits_storage, once, sequences
from helpdesk.messaging import message
from helpdesk.registry import complainant
from helpdesk.sla import models as sla
from helpdesk.tickets import records, ticket

__all__ = [
    "category",
    "complainant",
    "heartbeats",
    "kept_files",
    "letter",
    "limits_storage",
    "message",
    "once",
    "organisation",
    "records",
    "sequences",
    "sla",
    "ticket",
    "trail",
    "unit",
    "user",
]
