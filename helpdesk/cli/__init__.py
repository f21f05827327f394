"""Floor 6: commands. Each is a thin door: it reads its arguments, calls one verb, says what came of
it.

``flask setup · up · upgrade · work · backup · restore · demo load|reset · simulator · mail receive · outbox deliver ·
sla sweep · summary · check all|schema|audit|clocks|files · account reset-second-factor``

The modules here are imported by every process, so they import what is heavy only when they run.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from flask import Flask

from helpdesk.cli.account import account_commands
from helpdesk.cli.backup import backup_command, restore_command
from helpdesk.cli.check import check_commands
from helpdesk.cli.mail import mail_commands
from helpdesk.cli.outbox import outbox_commands
from helpdesk.cli.sla import sla_commands
from helpdesk.cli.summary import summary_command
from helpdesk.cli.up import up_command
from helpdesk.cli.upgrade import upgrade_command
from helpdesk.cli.work import work_command

_ALWAYS = (
    account_commands,
    up_command,
    upgrade_command,
    work_command,
    backup_command,
    restore_command,
    mail_commands,
    outbox_commands,
    sla_commands,
    summary_command,
    check_commands,
)
# Modules that an installation may leave out, and the name of their command.
_OPTIONAL = {
    "helpdesk.cli.setup": "setup_command",
    "helpdesk.cli.demo": "demo_commands",
    "helpdesk.cli.simulator": "simulator_command",
}


def init_commands(app: Flask) -> None:
    """Hang every command on ``flask``."""
    for command in _ALWAYS:
        app.cli.add_command(command)
    for module, name in _OPTIONAL.items():
        if find_spec(module):
            app.cli.add_command(getattr(import_module(module), name))
