"""Desks, views, counts and pages: everybody's own pile, soonest deadline first, and nothing counted twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import update

from helpdesk.accounts.actor import Actor
from helpdesk.lib import clock
from helpdesk.lib.database import db, unit_of_work
from helpdesk.tickets import closing, pages, questions, search
from helpdesk.tickets.answering import answer_ticket
from helpdesk.tickets.closing import close_unilaterally
from helpdesk.tickets.opening import number_of
from helpdesk.tickets.pages import Cursor, Filters, Page, page_of, search_page
from helpdesk.tickets.states import Grade
from helpdesk.tickets.ticket import Ticket
from helpdesk.tickets.worklist import MOST, Desk, DeskKind, View, count_views, desks_of
from tests.support.cast import Cast
from tests.tickets.steps import (
    answer,
    approve,
    as_complainant,
    dispose,
    follow_up,
    row_of,
    send_back,
    submit,
)

CARE = Desk(DeskKind.CARE)

pytestmark = pytest.mark.usefixtures("traveller")


def numbers(cast: Cast, name: str, desk: Desk, view: View, **narrowed: object) -> list[str]:
    filters = Filters(**narrowed)  # type: ignore[arg-type]
    page = page_of(desk, view, cast.actor(name), clock.now(), filters=filters)
    return [number_of(row) for row in page.rows]


def counts(cast: Cast, name: str) -> dict[tuple[Desk, View], int]:
    actor = cast.actor(name)
    return count_views(actor, desks_of(actor), clock.now())


def test_each_view_of_customer_care_holds_what_its_name_says(cast: Cast) -> None:
    new, triaged, sent, answered, back, asked = (cast.complain().number for _ in range(6))
    for number in (triaged, sent, answered, back, asked):
        cast.triage(number)
    for number in (sent, answered, back, asked):
        dispose(cast, number, "farmasi")
    submit(cast, answered, "budi")
    send_back(cast, back, "budi")
    cast.act("sari", asked, lambda t, by: questions.ask_complainant(t, "Kapan?", by=by))
    assert numbers(cast, "sari", CARE, View.NEW) == [new]
    assert numbers(cast, "sari", CARE, View.TO_DISPOSE) == [triaged, back]
    assert numbers(cast, "sari", CARE, View.REVIEW) == [answered]
    assert numbers(cast, "sari", CARE, View.RETURNED) == [back]
    assert numbers(cast, "sari", CARE, View.WAITING) == [asked]
    assert numbers(cast, "sari", CARE, View.MINE) == [triaged, sent, answered, back, asked]
    assert numbers(cast, "dimas", CARE, View.MINE) == []
    approve(cast, answered)
    assert numbers(cast, "sari", CARE, View.TO_ANSWER) == [answered]
    assert len(numbers(cast, "sari", CARE, View.ALL)) == 6
    for view, rows in counts(cast, "sari").items():
        assert rows == len(numbers(cast, "sari", *view))


def test_what_was_answered_without_a_follow_up_is_called_for_until_it_is_recorded(
    cast: Cast,
) -> None:
    unheard, confirmed = (cast.complain().number for _ in range(2))
    for number in (unheard, confirmed):
        cast.triage(number)
        answer(cast, number)
    assert numbers(cast, "sari", CARE, View.TO_FOLLOW_UP) == [unheard, confirmed]
    as_complainant(confirmed, lambda t, by: closing.confirm_solved(t, by=by))
    assert row_of(confirmed).status == "closed"
    assert numbers(cast, "sari", CARE, View.TO_FOLLOW_UP) == [unheard, confirmed]
    assert counts(cast, "sari")[CARE, View.TO_FOLLOW_UP] == 2
    for number in (unheard, confirmed):
        follow_up(cast, number)
    assert numbers(cast, "sari", CARE, View.TO_FOLLOW_UP) == []


def test_late_and_due_today_follow_the_local_day(cast: Cast) -> None:
    red = cast.complain().number
    cast.triage(red, Grade.RED)  # 24 hours from 10.00
    assert numbers(cast, "sari", CARE, View.DUE_TODAY) == []
    # 01.00, day two
    with time_machine.travel(datetime(2026, 11, 20, 18, 0, tzinfo=UTC), tick=False):
        assert numbers(cast, "sari", CARE, View.DUE_TODAY) == [red]
        assert numbers(cast, "sari", CARE, View.LATE) == []
    with time_machine.travel(datetime(2026, 11, 21, 3, 1, tzinfo=UTC), tick=False):
        assert numbers(cast, "sari", CARE, View.LATE) == [red]
        assert numbers(cast, "sari", CARE, View.DUE_TODAY) == []


def test_an_answered_ticket_is_not_late_for_us(cast: Cast) -> None:
    number = cast.complain().number
    cast.triage(number)
    dispose(cast, number, "farmasi")
    submit(cast, number, "budi")
    approve(cast, number)
    cast.act("sari", number, lambda t, by: answer_ticket(t, "Sudah ada.", by=by))
    with time_machine.travel(clock.now() + timedelta(days=60), tick=False):
        assert numbers(cast, "sari", CARE, View.ALL) == [number]
        assert numbers(cast, "sari", CARE, View.LATE) == []


def test_a_unit_sees_its_own_tasks_and_the_head_the_whole_unit(cast: Cast) -> None:
    farmasi, keuangan = (Desk(DeskKind.UNIT, cast.unit_ids[u]) for u in ("farmasi", "keuangan"))
    first, second = cast.complain().number, cast.complain().number
    for number in (first, second):
        cast.triage(number)
    dispose(cast, first, "farmasi", "keuangan")
    dispose(cast, second, "farmasi", officer="lestari")
    assert numbers(cast, "lestari", farmasi, View.ALL) == [first, second]
    assert numbers(cast, "budi", farmasi, View.ALL) == [first]
    assert numbers(cast, "tono", keuangan, View.ALL) == [first]
    assert numbers(cast, "tono", farmasi, View.ALL) == []
    assert numbers(cast, "hanifah", farmasi, View.ALL) == []
    submit(cast, first, "budi")
    assert numbers(cast, "budi", farmasi, View.REVIEW) == [first]
    approve(cast, first)
    assert numbers(cast, "budi", farmasi, View.DONE) == [first]
    assert counts(cast, "budi")[farmasi, View.ALL] == 0


def test_who_only_records_sees_what_they_recorded(cast: Cast) -> None:
    mine = cast.complain(recorded_by_id=cast.user_ids["joko"]).number
    cast.complain()
    records = Desk(DeskKind.RECORDS)
    assert desks_of(cast.actor("joko")) == [records]
    assert numbers(cast, "joko", records, View.ALL) == [mine]
    assert numbers(cast, "ayu", records, View.ALL) == []


@pytest.mark.parametrize("few", [0, 500])
def test_a_unit_is_narrowed_to_whether_it_has_few_tickets_or_many(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(pages, "FEW", few)
    sent, back, _other = (cast.complain(f"Obat ke-{place} habis.").number for place in range(3))
    for number in (sent, back):
        cast.triage(number, Grade.RED)
        dispose(cast, number, "farmasi")
    send_back(cast, back, "budi")
    farmasi, keuangan = cast.unit_ids["farmasi"], cast.unit_ids["keuangan"]
    assert numbers(cast, "sari", CARE, View.ALL, unit_id=farmasi) == [sent]
    assert numbers(cast, "sari", CARE, View.ALL, unit_id=keuangan) == []


def test_filters_narrow_and_words_are_found(cast: Cast) -> None:
    medicine = cast.complain("Obat sirup tidak ada.").number
    parking = cast.complain("Parkir motor mahal.", place_id=cast.place_ids["farmasi"]).number
    cast.triage(medicine, Grade.RED)
    dispose(cast, medicine, "farmasi")
    for narrowed, wanted in (
        ({"grade": "merah"}, medicine),
        ({"grade": "belum"}, parking),
        ({"unit_id": cast.unit_ids["farmasi"]}, medicine),
        ({"category_id": cast.category_ids["obat"]}, medicine),
        ({"place_id": cast.place_ids["farmasi"]}, parking),
        ({"words": "motor"}, parking),
    ):
        assert numbers(cast, "sari", CARE, View.ALL, **narrowed) == [wanted], narrowed
    assert numbers(cast, "sari", CARE, View.ALL, channel="phone") == []
    assert numbers(cast, "sari", CARE, View.ALL, words="ya") == []  # too short to look for
    found = search_page(cast.actor("budi"), Filters(words="obat"))
    assert [number_of(row) for row in found.rows] == [medicine]
    assert not search_page(cast.actor("tono"), Filters(words="obat")).rows


def test_of_a_common_word_the_newest_are_found_and_it_is_said_when_older_ones_are_not(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "MOST_HITS", 2)
    made = [cast.complain(f"Obat ke-{place} habis.").number for place in range(3)]

    def turned(words: str, **narrowed: object) -> list[Page]:
        filters = Filters(words=words, **narrowed)  # type: ignore[arg-type]

        def read(begin: Cursor | None) -> Page:
            return search_page(cast.actor("sari"), filters, begin=begin, size=1)

        return _turned(read(None), read, lambda page: page.after)

    pages = turned("obat")
    assert [_numbers(page) for page in pages] == [[made[2]], [made[1]]]
    assert [page.is_cut for page in pages] == [False, True]
    cast.triage(made[0], Grade.RED)
    cast.triage(made[1], Grade.RED)
    pages = turned("obat", grade="merah")
    assert [_numbers(page) for page in pages] == [[made[1]], [made[0]]]
    assert not any(page.is_cut for page in pages)


def test_a_word_that_is_common_elsewhere_hides_nothing_on_anybodys_own_list(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "MOST_HITS", 2)
    theirs = cast.complain("Obat sirup habis.").number
    cast.triage(theirs)
    dispose(cast, theirs, "farmasi")
    recorded = cast.complain("Obat tertukar.", recorded_by_id=cast.user_ids["joko"]).number
    for _ in range(3):
        closed = cast.complain("Obat mahal.").number
        cast.triage(closed)
        cast.act("ratih", closed, lambda t, by: close_unilaterally(t, "Tak terjangkau.", by=by))
    farmasi = Desk(DeskKind.UNIT, cast.unit_ids["farmasi"])
    for name, number in (("budi", theirs), ("joko", recorded)):
        assert _numbers(search_page(cast.actor(name), Filters(words="obat"))) == [number]
    assert numbers(cast, "budi", farmasi, View.ALL, words="obat") == [theirs]
    assert sorted(numbers(cast, "sari", CARE, View.ALL, words="obat")) == [theirs, recorded]
    assert numbers(cast, "sari", CARE, View.LATE, words="obat") == []


def test_pages_by_keyset_show_every_ticket_once_those_without_deadline_last(cast: Cast) -> None:
    made = [cast.complain(f"Keluhan {at}").number for at in range(9)]
    at = clock.now()

    def spread() -> None:
        tickets = db.session.query(Ticket).order_by(Ticket.id).all()
        for place, ticket in enumerate(tickets):
            due_at = None if place in (1, 4) else at + timedelta(hours=place // 3)
            db.session.execute(update(Ticket).where(Ticket.id == ticket.id).values(due_at=due_at))

    unit_of_work(spread)
    whole = [made[place] for place in (0, 2, 3, 5, 6, 7, 8, 1, 4)]
    for size in (1, 2, 4, 9, 10):

        def read(begin: Cursor | None, size: int = size) -> Page:
            return page_of(CARE, View.ALL, cast.actor("sari"), at, begin=begin, size=size)

        pages = _turned(read(None), read, lambda page: page.after)
        assert [_numbers(page) for page in pages] == [
            whole[start : start + size] for start in range(0, len(whole), size)
        ]
        back = _turned(pages[-1], read, lambda page: page.before)
        # every full page again on the way back, and the first one is the first one
        assert [_numbers(page) for page in back[1:]] == [_numbers(page) for page in pages[-2::-1]]
        assert all(page.after is not None for page in back[1:])


def _turned(
    page: Page, read: Callable[[Cursor | None], Page], way: Callable[[Page], Cursor | None]
) -> list[Page]:
    """*page* and those that are reached from it by turning one way, through the address as a browser does."""
    pages = [page]
    while (edge := way(pages[-1])) is not None:
        pages.append(read(Cursor.parse(str(edge), leads_back=edge.leads_back)))
    return pages


def _numbers(page: Page) -> list[str]:
    return [number_of(row) for row in page.rows]


def test_who_turned_further_than_the_list_reaches_sees_its_beginning(cast: Cast) -> None:
    made = cast.complain().number
    beyond = Cursor(clock.now() + timedelta(days=365), 10**9)
    page = page_of(CARE, View.ALL, cast.actor("sari"), clock.now(), begin=beyond)
    assert _numbers(page) == [made]
    assert (page.before, page.after) == (None, None)


def test_closed_ones_come_newest_first(cast: Cast) -> None:
    made = [cast.complain().number for _ in range(3)]
    for number in made:
        cast.triage(number)
        cast.act("ratih", number, lambda t, by: close_unilaterally(t, "Tak terjangkau.", by=by))
    first = page_of(CARE, View.CLOSED, cast.actor("sari"), clock.now(), size=2)
    assert [number_of(row) for row in first.rows] == [made[2], made[1]]
    rest = page_of(CARE, View.CLOSED, cast.actor("sari"), clock.now(), begin=first.after, size=2)
    assert [number_of(row) for row in rest.rows] == [made[0]]
    assert rest.after is None
    back = page_of(CARE, View.CLOSED, cast.actor("sari"), clock.now(), begin=rest.before, size=2)
    assert back == first


def test_an_edge_of_a_list_by_deadline_means_the_first_page_of_one_by_number(cast: Cast) -> None:
    made = [cast.complain("Obat habis.").number for _ in range(2)]
    for number in made:
        cast.triage(number)
        cast.act("ratih", number, lambda t, by: close_unilaterally(t, "Tak terjangkau.", by=by))
    for leads_back in (False, True):
        edge = Cursor.parse("1.5", leads_back=leads_back)
        assert edge is not None
        found = search_page(cast.actor("sari"), Filters(words="obat"), begin=edge)
        closed = page_of(CARE, View.CLOSED, cast.actor("sari"), clock.now(), begin=edge)
        for page in (found, closed):
            assert _numbers(page) == made[::-1]
            assert (page.before, page.after) == (None, None)


@pytest.mark.parametrize(
    "text", ["", ".", "x.1", "1", "1.x", "-5.1", "9" * 40 + ".1", "1." + "9" * 40]
)
def test_a_cursor_that_we_did_not_write_means_the_first_page(text: str) -> None:
    assert Cursor.parse(text) is None


def test_a_cursor_reads_what_it_wrote() -> None:
    for due_at in (None, datetime(2026, 11, 20, 3, 0, 0, 123456, tzinfo=UTC)):
        assert Cursor.parse(str(Cursor(due_at, 42))) == Cursor(due_at, 42)


def test_counts_stop_at_a_thousand(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST == 1000
    monkeypatch.setattr("helpdesk.tickets.worklist.MOST", 2)
    for _ in range(3):
        cast.complain()
    assert counts(cast, "sari")[CARE, View.ALL] == 2


def test_the_system_and_the_complainant_have_no_desk_of_anybody(cast: Cast) -> None:
    ticket_id = cast.complain().ticket.id
    for actor in (Actor.system(), Actor.complainant(ticket_id)):
        assert desks_of(actor) == []
        assert count_views(actor, [], clock.now()) == {}
