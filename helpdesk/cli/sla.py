"""``flask sla``: deadlines by hand, for tests and for a machine without the worker."""

from __future__ import annotations

import click

from helpdesk.cli.house_command import HouseGroup, on_fitting_schema
from helpdesk.lib import clock

sla_commands = HouseGroup("sla", help="Deadlines.")


@sla_commands.command("sweep")
@on_fitting_schema
def sweep_command() -> None:
    """Warn, record and escalate what is due now."""
    from helpdesk.tickets.escalating import escalate_due

    click.echo(f"{escalate_due(clock.now())} clocks handled")
