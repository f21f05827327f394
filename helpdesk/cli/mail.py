"""``flask mail``: messages that a mail server hands over through a pipe.

In an alias file, for instance: ``pengaduan: "|/srv/tanggap/.venv/bin/flask --app wsgi mail receive || exit 75"``. The
last words are for the moment at which not even Python starts: mail servers return a message to its sender for any
other code.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from typing import Any, NoReturn

import click

from helpdesk.cli.house_command import HouseGroup
from helpdesk.lib.logs import WORDLESS

log = logging.getLogger(__name__)

TRY_AGAIN = os.EX_TEMPFAIL  # 75 of sysexits.h: the mail server keeps the message and comes again

mail_commands = HouseGroup("mail", help="Email that is handed over directly.")


@mail_commands.command("receive")
def receive_command() -> None:
    """Take one raw message from standard input, and say in one line of JSON what became of it.

    Exit 0: it is stored for good, whether it could be understood yet or not. Exit 75: it could not be stored, and
    the mail server should offer it again. An empty input is no message, but perhaps the rest of one that was cut
    off: that is 75 as well, since 65 would lose it.
    """
    from helpdesk.intake import inbox

    raw = sys.stdin.buffer.read()
    if not raw.strip():
        _answer({"taken": False, "error": "empty"}, TRY_AGAIN)
    try:
        stored = inbox.store(raw, channel=inbox.EMAIL, key=inbox.pipe_key(raw), mailbox_id=None)
    except Exception as error:
        log.exception("a piped message could not be stored")
        _answer({"taken": False, "error": type(error).__name__}, TRY_AGAIN)
    _answer({"taken": True, "id": stored.row_id, **_what_became_of(stored.row_id)}, os.EX_OK)


def _what_became_of(row_id: int) -> dict[str, Any]:
    """Understand the message now if that is possible; the worker does it otherwise."""
    try:
        return _understood(row_id)
    except Exception:  # it is stored: from here on nothing may return it to its sender
        extra = {"inbox": row_id, WORDLESS: True}
        log.exception("a piped message could not be understood yet", extra=extra)
        return {"fate": "", "ticket": None}


def _understood(row_id: int) -> dict[str, Any]:
    from helpdesk.intake.inbound import Inbound
    from helpdesk.intake.understanding import understand
    from helpdesk.lib.database import db
    from helpdesk.tickets.opening import number_of
    from helpdesk.tickets.ticket import Ticket

    fate = understand(row_id)
    db.session.rollback()
    row = db.session.get_one(Inbound, row_id, populate_existing=True)
    ticket = db.session.get(Ticket, row.ticket_id) if row.ticket_id else None
    return {"fate": fate or "", "ticket": number_of(ticket) if ticket else None}


def _answer(said: dict[str, Any], code: int) -> NoReturn:
    click.echo(json.dumps(said))
    sys.exit(code)
