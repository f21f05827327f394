"""Email that goes out, for the gallery: a letter by email, how far it got, and the texts that it was written with."""

from __future__ import annotations

from helpdesk.lib import clock
from helpdesk.lib.database import db, unit_of_work
from helpdesk.messaging import postman
from helpdesk.messaging.mail_relay import MailRelay
from helpdesk.messaging.outbox import messages_about
from helpdesk.tickets.canned_texts import CannedFacts, add_canned_text
from helpdesk.tickets.undelivered import note_undelivered
from helpdesk.tickets.writing import write_to_complainant
from tests.messaging.post import set_up
from tests.support.cast import Cast
from tests.support.smtp import PostOffice

PAPERS = (
    "Yth. {name},\n\nuntuk memeriksa laporan {number} kami memerlukan salinan resep dan kuitansi.\n\n"
    "Salam,\n{organisation}"
)


def hang_letters(cast: Cast) -> dict[str, object]:
    """Let two people who left an email address be written to; one address does not exist."""
    facts = CannedFacts("Minta salinan resep", "id", PAPERS)
    canned_id = unit_of_work(lambda: add_canned_text(facts, by=cast.actor("ayu")).id)
    written = cast.complain("Obat racikan salah takaran.", whatsapp="", email="rina@example.org")
    lost = cast.complain("Parkir penuh.", whatsapp="", email="hilang@example.org")
    text = "Yth. Ibu Rina,\n\nmohon kirimkan foto resepnya."
    cast.act(
        "sari",
        written.number,
        lambda t, by: write_to_complainant(t, text, by=by, cc=["suami@example.org"]),
    )
    _send()
    message = messages_about("ticket", cast.ticket(written.number).id)[-1]
    failed = messages_about("ticket", cast.ticket(lost.number).id)[0]
    return {
        "canned": canned_id,
        "written": written.number,
        "lost": lost.number,
        "letter": message.id,
        "failed": failed.id,
    }


def _send() -> None:
    office = PostOffice().start()
    office.answers.recipients["hilang@example.org"] = "550 5.1.1 No such user"
    try:
        relay = set_up(office)
        postman.deliver_due(clock.now(), 200, when_failed=note_undelivered)
    finally:
        office.stop()
    unit_of_work(lambda: _rest(relay.id))


def _rest(relay_id: int) -> None:
    """The house has no post office afterwards."""
    db.session.delete(db.session.get_one(MailRelay, relay_id))
