"""The way to the provider, opened for our number."""

from __future__ import annotations

from helpdesk.lib.clients.whatsapp import WhatsAppClient
from helpdesk.lib.settings import current_settings
from helpdesk.messaging.whatsapp.line import WhatsAppLine
from helpdesk.messaging.whatsapp.lines import secrets_of


def open_client(line: WhatsAppLine) -> WhatsAppClient:
    """A client that speaks for *line*; the caller closes it. Raises WireFault when the secret cannot be read."""
    return WhatsAppClient(
        line.graph_url,
        line.graph_version,
        line.phone_number_id,
        line.account_id,
        secrets_of(line).access_token,
        media_hosts=current_settings().whatsapp_media_hosts,
    )
