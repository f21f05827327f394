"""What the provider posts to the house, as its documentation shows it.

https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/overview
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from helpdesk.simulator.whatsapp.chats import Message, Owner

Json = dict[str, Any]
_FREE = {"service": "free_customer_service"}


@dataclass(frozen=True)
class Account:
    """The house's account at the provider. *display_number* is E.164."""

    phone_number_id: str
    account_id: str
    display_number: str
    name: str
    access_token: str
    app_secret: str
    verify_token: str


def post_of(account: Account, value: Json, field: str = "messages") -> bytes:
    """The bytes of one POST. Letters beyond ASCII are escaped, as the provider does it."""
    change = {"field": field, "value": value}
    whole = {
        "object": "whatsapp_business_account",
        "entry": [{"id": account.account_id, "changes": [change]}],
    }
    return json.dumps(whole, separators=(",", ":")).replace("/", "\\/").encode()


def message_value(
    account: Account, owner: Owner, message: Message, *, with_number: bool = True
) -> Json:
    """Something that *owner* said. Without the number they are a user id and nothing else."""
    names = _names(owner, with_number, "wa_id", "user_id")
    said: Json = {
        **_names(owner, with_number, "from", "from_user_id"),
        "id": message.wamid,
        "timestamp": _seconds(message.at),
        "type": message.kind,
        **message.content,
    }
    if message.reply_to:
        said["context"] = {
            "from": account.display_number.lstrip("+"),
            "id": message.reply_to,
        }
    contact = {"profile": {"name": owner.name}, **names}
    return {**_about(account), "contacts": [contact], "messages": [said]}


def status_value(
    account: Account,
    owner: Owner,
    message: Message,
    status: str,
    at: datetime,
    *,
    with_number: bool = True,
    fault: Json | None = None,
) -> Json:
    """How far a *message* of the house got; *fault* is the provider's error of a failed one."""
    receipt: Json = {
        "id": message.wamid,
        "status": status,
        "timestamp": _seconds(at),
        **_names(owner, with_number, "recipient_id", "recipient_user_id"),
    }
    if status in ("sent", "delivered"):
        receipt["pricing"] = {
            "billable": message.category not in _FREE,
            "pricing_model": "PMP",
            "category": message.category,
            "type": _FREE.get(message.category, "regular"),
        }
    if fault is not None:
        receipt["errors"] = [fault]
    if message.our_data:
        receipt["biz_opaque_callback_data"] = message.our_data
    return {**_about(account), "statuses": [receipt]}


def template_value(template_id: int, name: str, language: str) -> Json:
    """A template was approved: for the field ``message_template_status_update``."""
    return {
        "event": "APPROVED",
        "message_template_id": template_id,
        "message_template_name": name,
        "message_template_language": language,
        "reason": "NONE",
    }


def _about(account: Account) -> Json:
    metadata = {
        "display_phone_number": account.display_number.lstrip("+"),
        "phone_number_id": account.phone_number_id,
    }
    return {"messaging_product": "whatsapp", "metadata": metadata}


def _names(owner: Owner, with_number: bool, number: str, person: str) -> Json:
    names = {person: owner.user_id}
    return {number: owner.wa_id, **names} if owner.wa_id and with_number else names


def _seconds(at: datetime) -> str:
    return str(int(at.timestamp()))
