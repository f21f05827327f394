"""What the provider tells about our number and our templates, written where it is looked up."""

from __future__ import annotations

import logging
from datetime import timedelta

from sqlalchemy import update

from helpdesk.lib.database import rows_changed
from helpdesk.lib.whatsapp.line_news import QUALITY, TEMPLATE_CATEGORY, TEMPLATE_STATUS
from helpdesk.lib.whatsapp.payload import LineNews
from helpdesk.messaging.whatsapp import lines
from helpdesk.messaging.whatsapp.line import WhatsAppLine
from helpdesk.messaging.whatsapp.template import WhatsAppTemplate

FLAGGED, POOR = "flagged", "red"
# Words of the news that are no status: a template that is back is approved.
_BACK = {"reinstated": "approved"}
# News has seconds, and what we noted ourselves has more.
_SAME_MOMENT = timedelta(seconds=1)

log = logging.getLogger(__name__)


def take_news(news: LineNews, line: WhatsAppLine) -> bool:
    """Take one piece of news, inside the caller's unit of work; returns whether it changed something of ours.

    Of a template that we do not know the next synchronisation tells.
    """
    if news.account_id and line.account_id and news.account_id != line.account_id:
        return False
    if news.what == QUALITY:
        return _take_quality(news, line)
    if news.what in (TEMPLATE_STATUS, TEMPLATE_CATEGORY):
        return _take_template(news)
    log.warning("news about the whatsapp account", extra={"news": news.what, "event": news.event})
    return False


def _take_quality(news: LineNews, line: WhatsAppLine) -> bool:
    number = str(news.facts.get("display_phone_number", ""))
    if number and _digits(number) != _digits(line.display_number):
        return False
    if news.event != FLAGGED:
        return False  # how good it is now tells the next synchronisation
    lines.note_quality(POOR, news.at)
    return True


def _take_template(news: LineNews) -> bool:
    """News can come days late: what was asked for since then knows better. One that is flagged may still be used."""
    if news.what == TEMPLATE_STATUS and news.event == FLAGGED:
        return False
    changes = (
        {"category": news.event[:20]}
        if news.what == TEMPLATE_CATEGORY
        else {"status": _BACK.get(news.event, news.event)[:20], "reason": news.reason[:200]}
    )
    changed = rows_changed(
        update(WhatsAppTemplate)
        .where(
            WhatsAppTemplate.name == news.name,
            WhatsAppTemplate.language == news.language,
            WhatsAppTemplate.synced_at <= news.at + _SAME_MOMENT,
        )
        .values(synced_at=news.at, **changes)
        .execution_options(synchronize_session=False)
    )
    return changed > 0


def _digits(number: str) -> str:
    return "".join(one for one in number if one.isascii() and one.isdigit())
