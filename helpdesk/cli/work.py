"""``flask work``: the worker."""

from __future__ import annotations

import click
from flask.cli import ScriptInfo, pass_script_info

from helpdesk.cli.house_command import HouseCommand


@click.command("work", cls=HouseCommand)
@pass_script_info
def work_command(script: ScriptInfo) -> None:
    """Run the worker: deadlines, messages, backups, housekeeping. Stop it with SIGTERM or Ctrl-C."""
    from helpdesk.lib import schema
    from helpdesk.worker import work

    app = script.load_app()
    try:
        schema.refuse_other_schema(app)
    except schema.OtherSchema as refusal:
        click.echo(refusal, err=True)
        raise SystemExit(schema.EXIT_CODE) from None
    work(app)
