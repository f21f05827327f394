"""POSTs as WhatsApp's provider sends them, and the number at which they arrive."""

from __future__ import annotations

import itertools
import json
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from helpdesk.intake import inbox
from helpdesk.intake.inbound import Inbound
from helpdesk.intake.understanding import understand
from helpdesk.intake.whatsapp.message import WhatsAppMessage
from helpdesk.lib import clock
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.whatsapp.signature import HEADER, signature_of
from helpdesk.messaging.whatsapp import lines
from helpdesk.messaging.whatsapp.line_settings import LineSettings
from tests.support.cast import Cast

WIRE = Path(__file__).parents[1] / "wire" / "whatsapp"
PHONE_NUMBER_ID, ACCOUNT_ID = "106540352242922", "102290129340398"
OUR_NUMBER = "+62751555100"
APP_SECRET, VERIFY_TOKEN = "rahasia aplikasi kami", "kata sandi pemasangan"
WATI, WATI_ID = "6281234560172", "ID.1410018717833190"

_ids = itertools.count(1)


def have_line(cast: Cast, **changes: Any) -> None:
    """The number, set up by Ayu."""
    settings = LineSettings(
        **{
            "phone_number_id": PHONE_NUMBER_ID,
            "account_id": ACCOUNT_ID,
            "display_number": OUR_NUMBER,
            **changes,
        }
    )
    found = lines.line()
    unit_of_work(
        lambda: lines.set_up(
            settings,
            app_secret=APP_SECRET,
            access_token="kunci keluar",
            verify_token=VERIFY_TOKEN,
            seen_version=found.version if found else None,
            by=cast.actor("ayu"),
        )
    )


def on_the_wire() -> list[Path]:
    """One payload per kind."""
    return sorted(WIRE.glob("*.json"))


def wire(name: str) -> bytes:
    """The payload of that name, byte for byte."""
    return (WIRE / f"{name}.json").read_bytes()


def message(
    kind: str = "text",
    *,
    wa_id: str | None = WATI,
    user_id: str | None = WATI_ID,
    provider_id: str = "",
    at: datetime | None = None,
    **held: Any,
) -> dict[str, Any]:
    """One message of Wati, or whoever it is; a text says "Halo" unless told otherwise."""
    said: dict[str, Any] = {
        "id": provider_id or f"wamid.TEST{next(_ids)}",
        "timestamp": str(int((at or clock.now()).timestamp())),
        "type": kind,
        **held,
    }
    if wa_id:
        said["from"] = wa_id
    if user_id:
        said["from_user_id"] = user_id
    if kind == "text":
        said.setdefault("text", {"body": "Halo"})
    return said


def status(provider_id: str, word: str, at: datetime | None = None, **more: Any) -> dict[str, Any]:
    """How far a message of ours got."""
    seconds = str(int((at or clock.now()).timestamp()))
    return {
        "id": provider_id, "status": word, "timestamp": seconds, "recipient_id": WATI, **more
    }  # fmt: skip


def post(
    *messages: dict[str, Any],
    statuses: list[dict[str, Any]] | None = None,
    name: str = "Wati",
    phone_number_id: str = PHONE_NUMBER_ID,
) -> bytes:
    """The envelope around them."""
    value: dict[str, Any] = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": OUR_NUMBER[1:], "phone_number_id": phone_number_id},
    }
    if messages:
        people = {(one.get("from"), one.get("from_user_id")) for one in messages}
        value["contacts"] = [
            {"profile": {"name": name}}
            | ({"wa_id": number} if number else {})
            | ({"user_id": person} if person else {})
            for number, person in sorted(people, key=str)
        ]
        value["messages"] = list(messages)
    if statuses:
        value["statuses"] = statuses
    change = {"field": "messages", "value": value}
    entry = [{"id": ACCOUNT_ID, "changes": [change]}]
    return json.dumps({"object": "whatsapp_business_account", "entry": entry}).encode()


def signed(raw: bytes, secret: str = APP_SECRET) -> dict[str, str]:
    """The headers of a POST with a good signature."""
    return {HEADER: signature_of(raw, secret), "Content-Type": "application/json"}


def deposit(raw: bytes) -> int:
    """Store it as the hook does; the id of its row."""
    stored = inbox.store(raw, channel=inbox.WHATSAPP, key=inbox.post_key(raw), mailbox_id=None)
    return stored.row_id


def arrive(raw: bytes) -> Inbound:
    """Store it and understand it; its row afterwards."""
    row_id = deposit(raw)
    understand(row_id)
    return db.session.get_one(Inbound, row_id, populate_existing=True)


def messages() -> list[WhatsAppMessage]:
    """Every message that we have, in the order in which they were said."""
    db.session.rollback()
    db.session.expire_all()
    by_time = select(WhatsAppMessage).order_by(WhatsAppMessage.said_at, WhatsAppMessage.id)
    return list(db.session.scalars(by_time))
