"""The sample complaints that do not come over WhatsApp: by form, email, telephone, across the counter, out of a box."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from helpdesk.intake.admission import admit
from helpdesk.intake.submission import Submission, Wish
from helpdesk.lib.database import db, unit_of_work
from helpdesk.registry.text_hygiene import redact
from helpdesk.tickets.access import find_candidates
from helpdesk.tickets.opening import number_of
from helpdesk.tickets.records import Attachment, TicketEvent
from helpdesk.tickets.states import Access, Channel, Grade, Identity
from helpdesk.tickets.ticket import Ticket
from tests.intake.mailing import arrive, compose
from tests.support.cast import Cast
from tests.tickets.steps import dispose

BILL = (
    "Dengan hormat, saya suami pasien Ny. R (RM 00-41-27) berkeberatan atas tagihan tanggal 12-11-2026. Pemeriksaan "
    "darah tercantum dua kali padahal diambil satu kali. Mohon perincian dan pengembalian selisih Rp385.000,00."
)
BRIBE = (
    'Ada oknum petugas pendaftaran minta uang "biar cepat dapat kamar". Saya takut sebut nama karena istri '
    "masih dirawat."
)
NIGHT_SHIFT = (
    "Saya pegawai kontrak. Jadwal jaga NICU kurang orang tiap malam, 1 perawat pegang 7 bayi. Mohon identitas "
    "dirahasiakan."
)
FOREIGN = (
    "I am a foreign patient. The cashier could not explain the charges in English and refused my card. "
    "Please call me."
)
LAWYER = "Terlampir surat somasi dari kuasa hukum keluarga Alm. Tn. S terkait dugaan kelalaian pada 2 Oktober 2026."


def taken_down(cast: Cast, text: str, channel: Channel, **facts: Any) -> Ticket:
    """Somebody at the lobby records what was said, posted or put into the box."""
    by = cast.actor("joko")
    said = Submission(text=text, channel=channel, recorded_by_id=by.user_id, **facts)
    return unit_of_work(lambda: admit(said, by=by)).ticket


def by_form(cast: Cast, text: str, **facts: Any) -> Ticket:
    return cast.ticket(cast.complain(text, **facts).number)


def by_email(text: str, **facts: Any) -> Ticket:
    row = arrive(compose(text, **facts))
    return db.session.get_one(Ticket, row.ticket_id)


def seen_by(cast: Cast, name: str, ticket: Ticket) -> bool:
    return bool(find_candidates(cast.actor(name), number_of(ticket), limit=2))


def test_3_a_bill_counted_twice_hides_the_record_number_from_the_unit(cast: Cast) -> None:
    ticket = by_form(cast, BILL)
    assert ticket.text == BILL
    proposed = redact(ticket.text)
    assert "00-41-27" not in proposed
    assert "Rp385.000,00" in proposed


def test_6_a_slip_out_of_the_box_has_nobody_to_answer(cast: Cast) -> None:
    ticket = taken_down(cast, "kamar mandi ruang melati bau air mati dr kmrn", Channel.BOX)
    assert (ticket.complainant_id, ticket.can_be_reached) == (None, False)


@pytest.mark.parametrize(
    ("row", "text", "grade"),
    [
        (
            7,
            "Gelang bayi saya namanya beda sama nama saya!! Kalau sampai ketuker siapa tanggung jawab?? Saya viralkan",
            Grade.RED,
        ),
        (23, "Rs ini lama bgt ngurus surat lahir udah 2 minggu bolak balik", Grade.GREEN),
    ],
)
def test_a_public_comment_is_recorded_with_where_it_stood(
    cast: Cast, row: int, text: str, grade: Grade
) -> None:
    ticket = taken_down(cast, text, Channel.FACEBOOK, source="facebook.com/rsia.contoh")
    cast.triage(number_of(ticket), grade)
    shown = cast.ticket(number_of(ticket))
    assert (shown.channel, shown.grade) == (Channel.FACEBOOK, grade)


def test_9_who_brings_no_telephone_gets_a_number_and_a_pin_on_paper(cast: Cast) -> None:
    text = "Bapak tua, tidak membawa HP: menunggu obat dari jam 9 sampai jam 12, nomor antrean dilewati."
    ticket = taken_down(cast, text, Channel.COUNTER, name="Pak Darmo")
    assert (ticket.can_be_reached, bool(ticket.pin_hash)) == (False, True)


def test_10_who_writes_english_is_answered_in_english(cast: Cast) -> None:
    assert by_email(FOREIGN).language == "en"


def test_16_a_form_is_a_ticket_at_once(cast: Cast) -> None:
    text = (
        'Rujukan dari FKTP ditolak bagian pendaftaran karena "kuota habis", padahal di Mobile JKN masih '
        "tersedia 6."
    )
    assert by_form(cast, text).channel == Channel.WEB


def test_18_who_called_is_called_back(cast: Cast) -> None:
    text = "Ibu menyampaikan hasil lab suaminya tertukar dengan pasien lain; baru sadar setelah di rumah."
    ticket = taken_down(cast, text, Channel.PHONE, name="Bu Rini", phone="0751-555123")
    assert (ticket.can_be_reached, ticket.can_be_written_to) == (True, False)


def test_21_of_who_is_anonymous_nothing_is_stored(cast: Cast) -> None:
    ticket = by_form(cast, BRIBE, wish=Wish.ANONYMOUS, name="Andi", whatsapp="0812-3456-0199")
    assert (ticket.identity, ticket.complainant_id) == (Identity.ANONYMOUS, None)
    assert ticket.reply_address == ""


def test_29_several_matters_in_one_form_go_to_several_units(cast: Cast) -> None:
    text = "Makanan sering datang dingin, sendok kotor. Suster baik. Dokter jarang terlihat. Air panas mati."
    ticket = by_form(cast, text)
    cast.triage(number_of(ticket))
    dispose(cast, number_of(ticket), "keperawatan", "farmasi")
    assert seen_by(cast, "budi", ticket)
    assert len(cast.ticket(number_of(ticket)).dispositions) == 2


def test_31_a_daughter_speaks_for_her_mother(cast: Cast) -> None:
    text = "Nenek 78 th, lumpuh, anaknya datang: barcode bantuan tidak bisa diwakilkan beda KK."
    ticket = taken_down(
        cast, text, Channel.COUNTER, name="Siti", affected_name="Nenek Ijah",
        affected_relation="ibu",
    )  # fmt: skip
    assert (ticket.affected_name, ticket.affected_relation) == ("Nenek Ijah", "ibu")


def test_34_a_lawyers_letter_comes_with_its_attachment(cast: Cast) -> None:
    ticket = by_email(
        LAWYER, files=[("somasi.pdf", b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n")]
    )
    files = select(func.count()).select_from(Attachment).join(TicketEvent)
    assert db.session.scalar(files.where(TicketEvent.ticket_id == ticket.id)) == 1


def test_40_a_whistle_blower_is_known_to_nobody_but_the_desk(cast: Cast) -> None:
    ticket = by_form(cast, NIGHT_SHIFT, wish=Wish.CONFIDENTIAL)
    assert (ticket.identity, ticket.access) == (Identity.WITHHELD, Access.RESTRICTED)
    assert seen_by(cast, "sari", ticket)
    assert not any(seen_by(cast, name, ticket) for name in ("budi", "lestari", "hanifah", "ayu"))
