"""The sample complaints that come over WhatsApp, as people really write them: each gets the treatment its row names."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from helpdesk.intake.inbound import Fate
from helpdesk.intake.whatsapp.dialogue import sentences, ticket_sentences
from helpdesk.lib.database import db
from helpdesk.messaging.message import OutboxMessage
from helpdesk.tickets import answering, follow_ups
from helpdesk.tickets.opening import number_of
from helpdesk.tickets.records import TicketEvent
from helpdesk.tickets.states import Channel, Grade, Kind, Status
from helpdesk.tickets.ticket import Ticket
from tests.journeys.chatting import Chat, Person, ours
from tests.support.cast import Cast
from tests.support.webhooks import messages

EMERGENCY = "IGD RSIA Contoh 0751-555-119"


def kinds(ticket: Ticket) -> list[str]:
    """What happened to it."""
    events = select(TicketEvent.kind).where(TicketEvent.ticket_id == ticket.id)
    return list(db.session.scalars(events.order_by(TicketEvent.id)))


def an_earlier_complaint(
    person: Person, text: str = "Tagihan lab saya tercetak dua kali"
) -> Ticket:
    """Something they had complained of before."""
    person.says(text)
    person.taps("send")
    return person.tickets[-1]


def answered(cast: Cast, ticket: Ticket) -> None:
    """Customer care takes it up and answers."""
    number = number_of(ticket)
    cast.triage(number, Grade.GREEN)
    cast.act("sari", number, lambda t, by: follow_ups.record_follow_up(t, "Dicek.", by=by))
    cast.act(
        "sari", number, lambda t, by: answering.answer_ticket(t, "Sudah kami betulkan.", by=by)
    )


# ---------------------------------------------------------------- the treatments


def becomes(kind: Kind) -> Callable[[Person, str, Cast], None]:
    """One message, one tap, one answer with everything in it."""

    def treat(person: Person, text: str, cast: Cast) -> None:
        (summed_up,) = person.says(text)
        assert not person.tickets
        assert "send" in person.offered
        (told,) = person.taps("send")
        (ticket,) = person.tickets
        assert (ticket.text, ticket.kind, ticket.channel) == (text, kind, Channel.WHATSAPP)
        assert number_of(ticket) in told
        assert "/k/" in told
        assert text not in summed_up + told

    return treat


def gets_the_menu(person: Person, text: str, cast: Cast) -> None:
    assert person.says(text) == [ours(sentences.hello, "RSIA Contoh")]
    assert [code.partition(":")[0] for code in person.offered] == ["menu"] * 5
    assert person.conversation.person_wanted_at is None


def gets_the_salam_back(person: Person, text: str, cast: Cast) -> None:
    assert person.says(text) == [ours(sentences.return_salam, "RSIA Contoh")]
    assert [code.partition(":")[0] for code in person.offered] == ["menu"] * 5


def gets_help_first(person: Person, text: str, cast: Cast) -> None:
    assert person.says(text) == [ours(sentences.emergency, EMERGENCY)]
    assert not person.tickets
    assert person.conversation.wanted_because == "emergency"
    paged = select(OutboxMessage.recipient_id).where(
        OutboxMessage.event == "conversation_emergency"
    )
    assert set(db.session.scalars(paged)) == {
        cast.user_ids[name] for name in ("sari", "dimas", "ratih")
    }
    person.taps("record")
    person.taps("send")
    assert person.tickets[0].text == text


def is_listened_to(person: Person, text: str, cast: Cast) -> None:
    person.sends("audio", voice=True, mime_type="audio/ogg; codecs=opus")
    assert person.conversation.wanted_because == "voice"
    person.taps("send")
    (ticket,) = person.tickets
    (note,) = [one for one in messages() if one.kind == "audio"]
    assert (note.ticket_id, note.media_state) == (ticket.id, "wanted")


def is_a_picture(person: Person, text: str, cast: Cast) -> None:
    person.sends("image")
    person.taps("send")
    (photo,) = [one for one in messages() if one.kind == "image"]
    assert photo.ticket_id == person.tickets[0].id


def asks_after_it(person: Person, text: str, cast: Cast) -> None:
    ticket = an_earlier_complaint(person)
    (told,) = person.says(text.replace("0042", f"{ticket.number_seq:04}"))
    assert number_of(ticket) in told
    assert len(person.tickets) == 1


def objects_to_the_closing(person: Person, text: str, cast: Cast) -> None:
    ticket = an_earlier_complaint(person)
    answered(cast, ticket)
    person.taps_id(f"resolved:{ticket.id}")
    assert person.tickets[0].status == Status.CLOSED
    person.says(text)
    assert (person.tickets[0].status, person.tickets[0].reopenings) == (Status.IN_PROGRESS, 1)
    assert "reopened" in set(db.session.scalars(select(OutboxMessage.event)))


def withdraws(person: Person, text: str, cast: Cast) -> None:
    ticket = an_earlier_complaint(person)
    number = number_of(ticket)
    asked = person.says(text.replace("0107", f"{ticket.number_seq:04}"))
    assert asked == [ours(ticket_sentences.really_withdraw, number)]
    assert person.taps("withdraw") == [ours(ticket_sentences.withdrawal_noted, number)]
    assert kinds(ticket)[-1] == "add_message"
    assert person.tickets[0].is_open  # customer care ends it: nobody is pressed into it by a chat


def is_no_ticket(person: Person, text: str, cast: Cast) -> None:
    assert person.says(text) == []
    assert not person.tickets
    (row,) = messages()
    assert (row.fate, row.reason) == (Fate.QUARANTINED, "spam")


def brings_a_film(person: Person, text: str, cast: Cast) -> None:
    person.sends("video", caption=text, mime_type="video/mp4")
    person.taps("send")
    (ticket,) = person.tickets
    assert ticket.text == text
    assert [one.ticket_id for one in messages() if one.kind == "video"] == [ticket.id]


COMPLAINT, QUESTION, PRAISE = (
    becomes(Kind.COMPLAINT),
    becomes(Kind.INFORMATION),
    becomes(Kind.PRAISE),
)
SAMPLES: dict[int, tuple[Callable[[Person, str, Cast], None], str]] = {
    1: (COMPLAINT, "Pagi min, sy antri di poli anak dr jam 7 smp jam 11 blm dipanggil jg. Anak sy demam "
                   "rewel. Mohon penjelasannya"),
    2: (COMPLAINT, "Perawat lt 2 shift malam jutek bgt, ditanya malah ketus. Udh 2x kejadian loh"),
    4: (gets_the_salam_back, "Assalamualaikum"),
    5: (gets_help_first, "TOLONG!! istri sy pendarahan di rmh hbs lahiran 3 hr lalu hrs gmn ini"),
    8: (COMPLAINT, "obat sirup utk anak sy di etiket 3x1 sdt pdhl kt dokter 2x1/2. mana yg bener??"),
    11: (COMPLAINT, "Uda/uni, ambo dari Solok alah tigo jam di IGD indak juo ditangani, anak ambo muntah2 taruih"),
    12: (COMPLAINT, "Bu, kok AC ruang 305 panas yo.. anake rewel kabeh. Mbok yo didandani"),
    13: (COMPLAINT, "teh punten, bansos ibu abi teh naha teu cair2 tos 3 bulan, tatangga mah cair wae"),
    14: (QUESTION, "NIK sy 3273024508900000 kk 3273021203100000 tlg cek udh masuk dtks apa blm"),
    15: (COMPLAINT, "Kartu BPJS bpk saya tiba2 nonaktif pdhl mau cuci darah besok. Noka 0001234567890. Gimana ini "
                    "pak/bu 🙏🙏"),
    17: (COMPLAINT, "disuruh beli obat di luar 450rb katanya kosong. bpjs kok bayar lg?? ini namanya iur biaya"),
    19: (PRAISE, "makasih ya bidan Sari ruang VK sabar bgt nemenin istri sy sampe lahiran. sukses sll"),
    20: (COMPLAINT, "parkir motor 5rb?? ga ada karcis. preman apa RS"),
    22: (COMPLAINT, "dokter nya visit cm 1 menit ga jelasin apa2, kita mau nanya udh pergi"),
    24: (COMPLAINT, "Foto bayi sy ada di IG RS tanpa izin. Hapus skrg jg"),
    25: (is_listened_to, "[voice note 0:47]"),
    26: (is_a_picture, "[foto plafon bocor tanpa teks]"),
    27: (asks_after_it, "Yg kmrn sy lapor no 0042 kok blm ada kabar? katanya 3 hari"),
    28: (COMPLAINT, "sama kyk laporan istri saya kmrn soal tagihan lab dobel RM 00-41-27"),
    30: (COMPLAINT, "Pak RT sy ga prnah ngasih tau ada pembagian beras, yg dpt sodaranya smua"),
    32: (COMPLAINT, "Penerima beras an. alm. Hj. Iyah RW 07 sdh meninggal 5 bln lalu msh keluar terus namanya"),
    33: (objects_to_the_closing, "kenapa laporan saya DITUTUP padahal belum beres!!! saya ga pernah setuju"),
    35: (brings_a_film, "satpam depan igd bentak2 ibu saya gara2 salah parkir kursi roda. ada videonya"),
    36: (QUESTION, "min mau nanya jam besuk & syarat lahiran pake bpjs apa aja ya"),
    37: (gets_the_menu, "P"),
    38: (is_no_ticket, "Promo pinjol cepat cair klik bit.ly/xxxx"),
    39: (withdraws, "Saya cabut laporan saya no 0107, sudah damai sama perawatnya"),
}  # fmt: skip


@pytest.mark.parametrize("number", SAMPLES)
def test_a_sample(number: int, chat: Chat, cast: Cast) -> None:
    treat, text = SAMPLES[number]
    treat(chat.person(), text, cast)
