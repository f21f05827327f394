"""``flask check``: does what is stored agree with itself? Ends with 1 when it does not."""

from __future__ import annotations

from collections.abc import Iterable

import click
from flask.cli import AppGroup

check_commands = AppGroup("check", help="Compare what is stored with what it should be.")
MOST_SHOWN = 50


@check_commands.command("audit")
def audit_command() -> None:
    """Prove that no entry of the audit trail was altered or removed."""
    from helpdesk.audit.trail import broken_links

    _report(broken_links(), well="The audit trail is whole.")


@check_commands.command("clocks")
def clocks_command() -> None:
    """Recompute every deadline from its clock and pauses, and compare."""
    from helpdesk.tickets.clocks import wrong_clocks

    _report(wrong_clocks(), well="Every deadline is right.")


def _report(problems: Iterable[str], *, well: str) -> None:
    count = 0
    for count, problem in enumerate(problems, start=1):
        if count <= MOST_SHOWN:
            click.echo(problem, err=True)
    if count > MOST_SHOWN:
        click.echo(f"... and {count - MOST_SHOWN} more", err=True)
    if count:
        raise SystemExit(1)
    click.echo(well)
