"""Hints that something was recorded already: found for a reason, said with it, and only to who may know."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from sqlalchemy import func, insert, select, text

from helpdesk.intake.submission import Wish
from helpdesk.lib.database import db, unit_of_work
from helpdesk.tickets.duplicates import Hint, Reason, find_duplicates
from helpdesk.tickets.likeness import TicketStem, forget_old_stems, likeness, stems_of
from helpdesk.tickets.sought import sought_by, sought_of
from helpdesk.tickets.states import Access, Channel
from helpdesk.tickets.ticket import Ticket
from tests.support.cast import Cast
from tests.support.queries import counted
from tests.tickets.steps import dispose

SAID = "Obat sirup habis, disuruh beli di luar."
AGAIN = "Sirupnya kehabisan, kami disuruh membeli obat di apotek luar."
PHONE = "0812-3456-0172"

pytestmark = pytest.mark.usefixtures("traveller")


def typing(
    cast: Cast, who: str, said: str = "", phone: str = "", place: str = "", category: str = ""
) -> list[Hint]:
    """What *who* is shown while they type this at the counter."""
    sought = sought_by(
        said,
        phone=phone,
        place_id=cast.place_ids.get(place),
        category_id=cast.category_ids.get(category),
    )
    return find_duplicates(cast.actor(who), sought)


def numbers(hints: list[Hint]) -> list[str]:
    return [hint.number for hint in hints]


@pytest.mark.parametrize(
    ("one", "other", "is_alike"),
    [
        (SAID, AGAIN, True),
        (
            "kamar mandi ruang melati bau air mati dr kmrn",
            "Air di kamar mandi ruang Melati mati sejak kemarin dan berbau",
            True,
        ),
        ("Uang muka saya belum kembali", "Uang muka rawat inap belum dikembalikan", True),
        ("AC ruang 305 mati, anak saya rewel.", "Perawat sif malam ketus soal infus.", False),
        ("Obat habis", "Obat habis, dokter terlambat, AC mati, parkir mahal, satpam kasar", False),
        ("Bau", "Bau", False),  # one word is no matter
        ("", SAID, False),
    ],
)
def test_words_are_compared_by_their_stems(one: str, other: str, is_alike: bool) -> None:
    assert (likeness(stems_of(one), stems_of(other)) >= 60) is is_alike


def test_stems_carry_the_meaning_alone() -> None:
    assert stems_of("Pembayaran dibayarkan, yg di AC 305! 🙏") == ("bayar", "ac", "305")
    assert stems_of("x" * 90) == ("x" * 90,)
    assert stems_of("\x00 ? ̈") == ()


def test_similar_words_are_found(cast: Cast) -> None:
    number = cast.complain(SAID).number
    [hint] = typing(cast, "sari", AGAIN)
    assert (hint.number, hint.reasons) == (number, (Reason.WORDS,))
    assert hint.alike >= 60
    assert not hint.is_same_person


def test_the_same_telephone_is_found_however_it_is_typed(cast: Cast) -> None:
    number = cast.complain(SAID).number
    [hint] = typing(cast, "sari", "Parkir mahal.", phone="+62 812 3456 0172")
    assert (hint.number, hint.reasons) == (number, (Reason.CONTACT,))
    assert not hint.is_strong
    [hint] = typing(cast, "sari", AGAIN, phone=PHONE)
    assert hint.is_strong
    assert typing(cast, "sari", phone="08") == []


def test_the_same_place_and_category_are_found_for_three_days(
    cast: Cast, traveller: time_machine.Traveller
) -> None:
    where = {"place_id": cast.place_ids["farmasi"], "category_id": cast.category_ids["obat"]}
    number = cast.complain("Loket tutup.", **where).number
    assert numbers(typing(cast, "sari", place="farmasi", category="obat")) == [number]
    assert typing(cast, "sari", place="farmasi") == [], "a place alone is no duplicate"
    traveller.shift(timedelta(days=4))
    assert typing(cast, "sari", place="farmasi", category="obat") == []
    [hint] = typing(cast, "sari", "Loket tutup!", place="farmasi", category="obat")
    assert hint.reasons == (Reason.WORDS, Reason.PLACE, Reason.CATEGORY)


def test_beside_a_ticket_it_is_not_found_itself(cast: Cast) -> None:
    first = cast.complain(SAID).number
    second = cast.complain(AGAIN).number
    [hint] = find_duplicates(cast.actor("sari"), sought_of(cast.ticket(second)))
    assert (hint.number, hint.reasons[:2]) == (first, (Reason.PERSON, Reason.WORDS))


def test_a_fortnight_is_the_end(cast: Cast, traveller: time_machine.Traveller) -> None:
    cast.complain(SAID)
    traveller.shift(timedelta(days=13))
    assert len(typing(cast, "sari", AGAIN, phone=PHONE)) == 1
    traveller.shift(timedelta(days=2))
    assert typing(cast, "sari", AGAIN, phone=PHONE) == []


def test_the_index_forgets_old_tickets(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        cast.complain(SAID)
    monkeypatch.setattr("helpdesk.tickets.likeness.KEPT_TICKETS", 1)
    unit_of_work(forget_old_stems)
    kept = db.session.execute(text("SELECT DISTINCT ticket_id FROM ticket_stems")).all()
    assert len(kept) == 1


# --- a hint tells nobody what they may not see ----------------------------------------------------


@pytest.mark.parametrize("who", ["tono", "hanifah", "ayu", "joko", "budi", "sari", "dimas"])
@pytest.mark.parametrize("way", ["words", "phone", "place"])
def test_a_restricted_ticket_is_hinted_to_its_readers_alone(cast: Cast, who: str, way: str) -> None:
    where = {"place_id": cast.place_ids["farmasi"], "category_id": cast.category_ids["obat"]}
    secret = cast.complain(SAID, wish=Wish.CONFIDENTIAL, **where).number
    cast.triage(secret, access=Access.RESTRICTED, by="sari")
    typed = {
        "words": {"said": SAID},
        "phone": {"phone": PHONE},
        "place": {"place": "farmasi", "category": "obat"},
    }[way]
    assert numbers(typing(cast, who, **typed)) == ([secret] if who == "sari" else [])


@pytest.mark.parametrize(
    ("who", "sees"),
    [("sari", 1), ("joko", 0), ("tono", 0), ("budi", 1), ("hanifah", 1), ("ayu", 0)],
)
def test_an_ordinary_one_to_who_may_see_it(cast: Cast, who: str, sees: int) -> None:
    number = cast.complain(SAID).number
    cast.triage(number)
    dispose(cast, number, "farmasi")
    assert len(typing(cast, who, AGAIN)) == sees


@pytest.mark.parametrize(
    ("who", "wish", "knows"),
    [
        ("sari", Wish.CONFIDENTIAL, True),
        ("budi", Wish.ORDINARY, True),
        ("budi", Wish.CONFIDENTIAL, False),
        ("hanifah", Wish.ORDINARY, False),
    ],
)
def test_a_telephone_is_no_way_to_ask_who_complained(
    cast: Cast, traveller: time_machine.Traveller, who: str, wish: Wish, knows: bool
) -> None:
    where = {"place_id": cast.place_ids["farmasi"], "category_id": cast.category_ids["obat"]}
    number = cast.complain(SAID, wish=wish, **where).number
    cast.triage(number)  # opened to those who handle it
    dispose(cast, number, "farmasi")
    assert bool(typing(cast, who, phone=PHONE)) is knows
    with_words = typing(cast, who, AGAIN, phone=PHONE)
    assert [hint.is_same_person for hint in with_words] == [knows]
    traveller.shift(timedelta(days=4))
    at_its_place = typing(cast, who, phone=PHONE, place="farmasi", category="obat")
    assert bool(at_its_place) is knows, "nor does the place tell it, which by itself leads no more"


def test_redacted_words_are_no_hint_to_a_unit(cast: Cast) -> None:
    number = cast.complain("Dokter Hartono memaki pasien bernama Melati Kusuma.").number
    cast.triage(number, unit_text="Seorang dokter memaki pasien.")
    dispose(cast, number, "farmasi")
    assert typing(cast, "budi", "Hartono Melati Kusuma") == []
    assert typing(cast, "budi", "dokter memaki pasien")[0].title == "Seorang dokter memaki pasien."
    assert numbers(typing(cast, "sari", "Dokter Hartono memaki Melati Kusuma")) == [number]


def test_who_took_it_down_is_told_of_the_same_telephone(cast: Cast) -> None:
    number = cast.complain(
        SAID, channel=Channel.COUNTER, recorded_by_id=cast.user_ids["joko"]
    ).number
    [hint] = typing(cast, "joko", "Parkir mahal.", phone=PHONE)
    assert (hint.number, hint.is_same_person) == (number, True)


def test_of_somebody_anonymous_nobody_is_compared(cast: Cast) -> None:
    cast.complain(SAID, wish=Wish.ANONYMOUS)
    [hint] = typing(cast, "sari", AGAIN, phone=PHONE)
    assert not hint.is_same_person


# --- its cost -------------------------------------------------------------------------------------


def test_it_asks_twice_whatever_there_is(cast: Cast) -> None:
    for _ in range(12):
        cast.complain(SAID, origin_number="8312345")
    actor = cast.actor("sari")
    sought = sought_by(
        AGAIN,
        phone=PHONE,
        origin_number="8312345",
        place_id=cast.place_ids["farmasi"],
        category_id=cast.category_ids["obat"],
    )
    with counted() as queries:
        found = find_duplicates(actor, sought)
    assert (len(found), len(queries)) == (5, 2)


def copies(times: int) -> None:
    """Many more tickets of the same person, place and words: each turn doubles them."""
    for _ in range(times):
        last = db.session.scalar(select(func.max(Ticket.id))) or 0
        for table, moved in ((Ticket, {"id", "number_seq"}), (TicketStem, {"ticket_id"})):
            columns = list(table.__table__.columns)
            rows = select(*(one + last if one.name in moved else one for one in columns))
            unit_of_work(partial(db.session.execute, insert(table).from_select(columns, rows)))


def rows_read(look: Callable[[], object]) -> int:
    """How many rows and index entries MariaDB reads for what is looked up."""

    def read_so_far() -> int:
        status = db.session.execute(text("SHOW SESSION STATUS LIKE 'Handler_read%'")).all()
        return sum(int(value) for _name, value in status)

    before = read_so_far()
    look()
    return read_so_far() - before


@pytest.mark.engines("mariadb")
def test_the_rows_that_are_read_do_not_grow_with_the_table(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("helpdesk.tickets.duplicates.WINDOW", 100)
    where = {
        "place_id": cast.place_ids["farmasi"],
        "category_id": cast.category_ids["obat"],
        "origin_number": "8312345",
    }
    for _ in range(8):
        cast.complain(SAID, **where)
    actor = cast.actor("sari")
    sought = sought_by(AGAIN, phone=PHONE, **where)
    read = []
    for times in (9, 2):  # 4,096 and 16,384 tickets, all of them alike
        copies(times)
        db.session.execute(text("ANALYZE TABLE tickets, ticket_stems"))
        read.append(rows_read(lambda: find_duplicates(actor, sought)))
    assert read[1] <= 1.1 * read[0], read
    assert read[1] < 4096, read
