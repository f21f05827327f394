"""What the provider tells about our templates: it counts, unless we have asked since."""

from __future__ import annotations

from datetime import timedelta

import pytest

from helpdesk.lib import clock
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.whatsapp.line_news import TEMPLATE_STATUS
from helpdesk.lib.whatsapp.payload import LineNews
from helpdesk.messaging.whatsapp.line import WhatsAppLine
from helpdesk.messaging.whatsapp.news import take_news
from helpdesk.messaging.whatsapp.template import WhatsAppTemplate

pytestmark = pytest.mark.usefixtures("cast")


def after(event: str, *, minutes: int = 5, was: str = "approved") -> str:
    """The status of a template, looked at just now, after news that came so many minutes later."""
    looked_at = clock.now()

    def unit() -> None:
        db.session.add(
            WhatsAppTemplate(
                name="received", language="id", status=was, body="", synced_at=looked_at
            )
        )
        db.session.flush()
        news = LineNews(
            what=TEMPLATE_STATUS,
            at=looked_at + timedelta(minutes=minutes),
            account_id="1",
            event=event,
            name="received",
            language="id",
            reason="",
            facts={},
        )
        take_news(news, WhatsAppLine(account_id="1"))

    unit_of_work(unit)
    return db.session.scalars(db.select(WhatsAppTemplate)).one().status


def test_news_counts_at_once() -> None:
    assert after("paused") == "paused"


def test_what_was_asked_for_since_knows_better() -> None:
    assert after("paused", minutes=-5) == "approved"


def test_a_template_that_people_complain_about_may_still_be_used() -> None:
    assert after("flagged") == "approved"


def test_one_that_is_back_is_approved() -> None:
    assert after("reinstated", was="disabled") == "approved"
