"""The two email rows of the sample complaints, from the mail that came in to the last word about them."""

from __future__ import annotations

from sqlalchemy import select

from helpdesk.intake.inbound import Fate
from helpdesk.lib.database import db
from helpdesk.messaging.message import OutboxMessage
from helpdesk.tickets import answering, closing, follow_ups, questions
from helpdesk.tickets.files import complainants_files
from helpdesk.tickets.states import Grade, Status
from tests.intake.mailing import (
    arrive,
    compose,
    have_mailbox,
    kinds,
    number,
    receipt_id,
    story,
    ticket_of,
)
from tests.support.cast import Cast

PATIENT = "Jane Doe <jane@example.org>"
LAWYER = "Kantor Hukum Andalas <andalas@example.net>"
BILL = (
    "I am a foreign patient. The cashier could not explain the charges in English and refused my "
    "card. Please call me."
)
NOTICE = (
    "Terlampir surat somasi dari kuasa hukum keluarga Alm. Tn. S terkait dugaan kelalaian pada "
    "2 Oktober 2026."
)
LETTER = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def test_a_foreign_patient_and_her_bill(cast: Cast) -> None:
    """She is asked, answers by mail, is answered, is not content, and says so by mail; staff take it up."""
    mailbox_id = have_mailbox()
    opened = arrive(
        compose(BILL, sender=PATIENT, subject="My bill", checks="dmarc=pass"), mailbox_id
    )
    numbered = number(opened)

    def write(text: str, **facts: str) -> None:
        ours = receipt_id(opened.ticket_id)
        mail = compose(text, sender=PATIENT, subject=f"Re: {numbered}", answers=ours, **facts)  # type: ignore[arg-type]
        assert arrive(mail, mailbox_id).ticket_id == opened.ticket_id

    cast.triage(numbered, Grade.GREEN)
    ask = questions.ask_complainant
    cast.act("sari", numbered, lambda t, by: ask(t, "Which day was it?", by=by))
    assert ticket_of(opened).is_waiting
    write("I will be away until Monday.", Auto_Submitted="auto-replied")
    assert ticket_of(opened).is_waiting
    write("It was on 12 November.\n\nOn Sat, 21 Nov 2026 RSIA Contoh wrote:\n> Which day was it?")
    assert not ticket_of(opened).is_waiting
    follow_up, answer = follow_ups.record_follow_up, answering.answer_ticket
    cast.act("sari", numbered, lambda t, by: follow_up(t, "Called her.", by=by))
    cast.act("sari", numbered, lambda t, by: answer(t, "Two items were charged twice.", by=by))
    write("Not solved: the card is still refused.")
    assert ticket_of(opened).status == Status.ANSWERED
    words = story(opened.ticket_id)[-1].text
    cast.act("sari", numbered, lambda t, by: closing.object_to_answer(t, words, by=by))
    assert ticket_of(opened).reopenings == 1
    told = db.session.scalars(
        select(OutboxMessage.language).where(OutboxMessage.recipient_kind == "complainant")
    )
    assert set(told) == {"en"}


def test_a_legal_notice_and_whoever_joins_in(cast: Cast) -> None:
    """The letter is kept; a relative who was shown our answer is heard, but never as the lawyer."""
    opened = arrive(
        compose(NOTICE, sender=LAWYER, subject="Somasi", files=[("somasi.pdf", LETTER)])
    )
    cast.triage(number(opened), Grade.RED)
    ours = receipt_id(opened.ticket_id)
    relative = arrive(compose("Kami menunggu.", sender="Adik <adik@example.com>", answers=ours))
    curious = arrive(
        compose(
            "Saya dengar ada somasi.", sender="Warga <warga@example.com>", subject=number(opened)
        )
    )
    assert [file.name for file in complainants_files(opened.ticket_id or 0)] == ["somasi.pdf"]
    assert (relative.fate, relative.ticket_id) == (Fate.ADDED, opened.ticket_id)
    assert (curious.fate, curious.ticket_id == opened.ticket_id) == (Fate.OPENED, False)
    assert [kind for kind in kinds(opened.ticket_id) if kind in ("other_wrote", "link")] == [
        "other_wrote",
        "link",
    ]
    assert "add_message" not in kinds(opened.ticket_id)
