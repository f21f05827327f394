"""The first page, and the two pages on rights and data."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from helpdesk.accounts.organisation import organisation
from helpdesk.lib import clock
from helpdesk.lib.settings import current_settings
from helpdesk.registry.identifiers import parse_phone, read_or_empty
from helpdesk.sla import policies
from helpdesk.sla.due import Limit
from helpdesk.sla.rules import GRADES, ClockKind
from helpdesk.web.public import door


@door.get("/")
def home() -> ResponseReturnValue:
    """The doors, the promise, and how else to reach us."""
    return render_template("public/home.html", promises=promises(), chat_url=_chat_url())


@door.get("/hak-pelapor")
def rights() -> ResponseReturnValue:
    """What whoever complains may expect and demand."""
    again = promises(ClockKind.RESOLVE)  # what an objection starts
    return render_template("public/rights.html", promises=promises(), promises_again=again)


@door.get("/pelindungan-data")
def privacy() -> ResponseReturnValue:
    """What becomes of personal data."""
    keeps_backups = current_settings().backup_keep_days
    return render_template("public/privacy.html", keeps_backups=keeps_backups)


def _chat_url() -> str:
    """Opens a WhatsApp chat with us on the reader's telephone; '' without a number that WhatsApp could know."""
    here = organisation()
    number = read_or_empty(parse_phone, here.whatsapp if here else "")
    return f"https://wa.me/{number.lstrip('+')}" if number else ""


def promises(kept_by: ClockKind = ClockKind.ANSWER) -> list[tuple[str, Limit]]:
    """Within which limit each grade is answered, or settled, under the policy of today; empty before setup."""
    if organisation() is None:
        return []
    version_id = policies.current_version_id(clock.now())
    return [(grade, policies.rule_for(version_id, kept_by, grade).limit) for grade in GRADES]
