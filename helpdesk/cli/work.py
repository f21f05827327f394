"""``flask work``: the worker."""

from __future__ import annotations

import click
from flask.cli import ScriptInfo, pass_script_info


@click.command("work")
@pass_script_info
def work_command(script: ScriptInfo) -> None:
    """Run the worker: deadlines, messages, housekeeping. Stop it with SIGTERM or Ctrl-C."""
    from helpdesk.worker import work

    work(script.load_app())
