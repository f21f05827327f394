"""``flask outbox``: messages by hand, for tests and for a machine without the worker."""

from __future__ import annotations

import click

from helpdesk.cli.house_command import HouseGroup, on_fitting_schema
from helpdesk.lib import clock

outbox_commands = HouseGroup("outbox", help="Messages to people.")


@outbox_commands.command("deliver")
@click.option("--limit", default=500, show_default=True, help="How many messages at most.")
@on_fitting_schema
def deliver_command(limit: int) -> None:
    """Send the messages that are due now."""
    from helpdesk.messaging.postman import deliver_due
    from helpdesk.tickets.undelivered import note_undelivered

    click.echo(deliver_due(clock.now(), limit, when_failed=note_undelivered))
