"""What the provider tells about our number, its account and the templates, apart from messages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from helpdesk.lib.whatsapp import plain_json
from helpdesk.lib.whatsapp.fields import text
from helpdesk.lib.whatsapp.payload import LineNews

QUALITY = "phone_number_quality_update"
TEMPLATE_STATUS = "message_template_status_update"
TEMPLATE_CATEGORY = "template_category_update"
NEWS = frozenset(
    {
        QUALITY,
        TEMPLATE_STATUS,
        TEMPLATE_CATEGORY,
        "message_template_quality_update",
        "phone_number_name_update",
        "account_update",
        "account_alerts",
        "account_review_update",
        "business_capability_update",
    }
)
# Where each field says its word.
_EVENT = ("event", "new_category", "new_quality_score", "decision", "alert_type")


def news_of(what: str, account_id: str, value: dict[str, Any], at: datetime) -> LineNews:
    """One piece of news; *what* is one of NEWS. They carry no timestamp of their own that all would share."""
    events = (text(value, name, most=40) for name in _EVENT)
    return LineNews(
        what=what,
        at=at,
        account_id=account_id,
        event=next((event for event in events if event), "").lower(),
        name=text(value, "message_template_name", most=512),
        language=text(value, "message_template_language", most=10),
        reason=_reason_of(value),
        facts=plain_json.kept(value),
    )


def _reason_of(value: dict[str, Any]) -> str:
    told = text(value, "reason", most=200) or text(value, "rejection_reason", most=200)
    return "" if told.upper() == "NONE" else told
