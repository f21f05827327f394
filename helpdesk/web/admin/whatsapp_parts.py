"""WhatsApp as part of "Is everything well?"."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlsplit

from flask_babel import gettext as _

from helpdesk.accounts.organisation import local_zone
from helpdesk.lib.clients import faults, graph_faults
from helpdesk.messaging.whatsapp import lines
from helpdesk.messaging.whatsapp.counting import months_of
from helpdesk.messaging.whatsapp.line import WhatsAppLine
from helpdesk.web.admin.part import Part
from helpdesk.web.filters import ago, duration, number

_POOR = "red"
HTTP, HTTPS = 80, 443


def parts_of_whatsapp(at: datetime) -> Iterator[Part]:
    """How WhatsApp is doing at the moment *at*."""
    line = lines.line()
    if line is None:
        yield _part(True, _("Not set up"), is_known=False)
    elif not line.is_active:
        yield _part(True, _("Switched off"), is_known=False)
    else:
        yield _active(line, at)


def error_in_words(line: WhatsAppLine) -> str:
    """What stands in the way, in a sentence; '' when nothing does."""
    if not line.error:
        return ""
    trouble, _space, detail = line.error.partition(" ")
    told = graph_faults.in_words(line.error)
    return told or trouble_in_words(line, trouble, detail)


def trouble_in_words(line: WhatsAppLine, trouble: str, detail: str) -> str:
    """The sentence for a fault of the network on the way to the provider."""
    there = urlsplit(line.graph_url)
    port = there.port or (HTTPS if there.scheme == "https" else HTTP)
    return faults.in_words(trouble, host=there.hostname or "", port=port, detail=detail)


def _active(line: WhatsAppLine, at: datetime) -> Part:
    heard = _("Heard %(time)s", time=ago(line.heard_at, at)) if line.heard_at else _("Never heard")
    month = months_of(line.phone_number_id, at, local_zone(), count=1)[0]
    last = _("%(heard)s, %(count)s sent this month", heard=heard, count=number(month.total))
    if line.error:
        since = line.failing_since or at
        state = _("Not usable for %(time)s", time=duration(at - since))
        return _part(False, state, last, error_in_words(line))
    if line.quality == _POOR:
        advice = _("People block or report our number. Write less, and only what they wait for.")
        return _part(False, _("Poor quality"), last, advice)
    return _part(True, _("In order") if line.heard_at else _("Nothing heard yet"), last)


def _part(
    is_well: bool, state: str, last: str = "", advice: str = "", *, is_known: bool = True
) -> Part:
    return Part(
        "WhatsApp", "whatsapp", is_well, state, last, advice, "admin.whatsapp", is_known=is_known
    )
