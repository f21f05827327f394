"""Talks on WhatsApp for the gallery: with everything that can be said in one, and somebody who must be called."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from helpdesk.accounts.actor import Actor
from helpdesk.intake.submission import Wish
from helpdesk.intake.whatsapp import attending, contents, talking
from helpdesk.intake.whatsapp.conversation import Conversation
from helpdesk.intake.whatsapp.message import WhatsAppMessage
from helpdesk.lib import clock
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.uploads import COMPLAINANT, Received, receive
from helpdesk.messaging.message import OutboxMessage
from helpdesk.messaging.outbox import messages_about
from helpdesk.messaging.whatsapp.contacts import contact_at
from helpdesk.tickets.opening import number_of
from helpdesk.tickets.reaching import Why, want_call
from helpdesk.tickets.states import Access
from helpdesk.tickets.ticket import NamedReader, Ticket
from tests.support.cast import Cast
from tests.support.files import photograph
from tests.support.webhooks import arrive, message, post

RINA, TUTI = "6281377770001", "6281377770002"
VOICE = b"OggS\x00\x02" + bytes(22) + b"\x01\x13OpusHead\x01\x01" + bytes(300)
AFTER_A_BREATH = timedelta(seconds=5)


def hang_talks(cast: Cast) -> dict[str, object]:
    """Let it all be said; the places where it hangs."""
    _say(TUTI, "Tuti", "P")
    _say(RINA, "Rina Marlina", "petugas")
    _say(RINA, "Rina Marlina", "Parkir motor 5rb, tidak ada karcis.")
    for kind in ("image", "audio", "document", "video"):
        held: dict[str, Any] = {kind: {"id": f"gallery-{kind}", "mime_type": "?", "sha256": ""}}
        arrive(post(message(kind, wa_id=RINA, user_id=None, **held), name="Rina Marlina"))
    _say(RINA, "Rina Marlina", "Ini hanya untuk Bu Ratih.")
    _say(RINA, "Rina Marlina", "Salah kirim.")
    talk_id, said = _talk(RINA)
    guarded = cast.complain("Hanya untuk Bu Ratih.").ticket.id
    unit_of_work(lambda: _settle(said, guarded, cast.user_ids["ratih"]))
    sari = cast.actor("sari")
    reply = unit_of_work(
        lambda: attending.reply(talk_id, "Terima kasih, Bu.", key="gallery", by=sari)[0].id
    )
    unit_of_work(lambda: _fail(reply))
    about = [said["text"][1].id, said["audio"][0].id, said["document"][0].id]

    def unit() -> str:
        return number_of(attending.make_ticket(talk_id, about, wish=Wish.ORDINARY, by=sari))

    return {"talk": talk_id, "talk_ticket": unit_of_work(unit), "call": _unread(cast)}


def _say(wa_id: str, name: str, words: str) -> None:
    """One message, and what the guide answers."""
    arrive(post(message(wa_id=wa_id, user_id=None, text={"body": words}), name=name))
    talking.answer_due(clock.now() + AFTER_A_BREATH)


def _talk(wa_id: str) -> tuple[int, dict[str, list[WhatsAppMessage]]]:
    """The conversation, and their messages by kind, oldest first."""
    contact = contact_at(f"+{wa_id}")
    assert contact is not None
    talk = select(Conversation.id).where(Conversation.contact_id == contact.id)
    theirs = select(WhatsAppMessage).where(WhatsAppMessage.contact_id == contact.id)
    said: dict[str, list[WhatsAppMessage]] = {}
    for one in db.session.scalars(theirs.order_by(WhatsAppMessage.id)):
        said.setdefault(one.kind, []).append(one)
    return db.session.scalars(talk).one(), said


def _settle(said: dict[str, list[WhatsAppMessage]], guarded: int, reader_id: int) -> None:
    """A photograph and a recording that were fetched, a document that is lost, a film that is still to come;
    one message is changed, one deleted, and one belongs to what only one person may read.
    """
    _take(said["image"][0], photograph("maroon", purpose=COMPLAINANT))
    _take(said["audio"][0], receive(VOICE, "suara.ogg", purpose=COMPLAINANT))
    lost = db.session.merge(said["document"][0])
    lost.media_state, lost.look_at = "lost", None
    changed, hidden, deleted = (db.session.merge(one) for one in said["text"][1:])
    changed.facts = {"edited_at": clock.now().isoformat(), "edited_words": "Parkir motor Rp5.000."}
    deleted.facts = {"revoked_at": clock.now().isoformat()}
    hidden.ticket_id = guarded
    ticket = db.session.get_one(Ticket, guarded)
    ticket.access, ticket.status = Access.RESTRICTED, "triaged"
    db.session.add(NamedReader(ticket_id=guarded, user_id=reader_id))


def _take(message: WhatsAppMessage, received: Received) -> None:
    one = db.session.merge(message)
    one.media_state, one.media, one.look_at = contents.TAKEN, contents.as_facts(received), None
    one.shown_digest, one.original_digest = received.shown_digest, received.original_digest


def _fail(message_id: int) -> None:
    message = db.session.get_one(OutboxMessage, message_id)
    message.status, message.look_at, message.error = "failed", None, "131026 Message undeliverable"


def _unread(cast: Cast) -> str:
    """A complaint whose complainant must be called."""
    number = cast.complain("Kursi roda tidak ada.", name="Nur", whatsapp="0813-7777-0003").number
    cast.triage(number)

    def verb(ticket: Ticket, _by: Actor) -> None:
        want_call(ticket, messages_about("ticket", ticket.id)[0], Why.UNREAD, by=Actor.system())

    cast.act("sari", number, verb)
    return number
