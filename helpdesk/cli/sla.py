"""``flask sla``: deadlines by hand, for tests and for a machine without the worker."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from helpdesk.lib import clock

sla_commands = AppGroup("sla", help="Deadlines.")


@sla_commands.command("sweep")
def sweep_command() -> None:
    """Warn, record and escalate what is due now."""
    from helpdesk.tickets.escalating import escalate_due

    click.echo(f"{escalate_due(clock.now())} clocks handled")
