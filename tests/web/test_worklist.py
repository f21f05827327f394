"""The worklist as people see it: their own desk, live counts, filters in the address, numbers found however typed."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from helpdesk.accounts.roles import Role
from helpdesk.accounts.unit import Unit
from helpdesk.accounts.user import Grant
from helpdesk.intake.submission import Wish
from helpdesk.lib.database import db, unit_of_work
from helpdesk.tickets import search
from helpdesk.tickets.answering import answer_ticket
from helpdesk.tickets.follow_ups import record_follow_up
from tests.support.cast import Cast
from tests.support.queries import counted
from tests.tickets.steps import dispose
from tests.web.workbench import act_url, person, send

pytestmark = pytest.mark.usefixtures("traveller")


def body(client: FlaskClient, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, (url, answer.status_code)
    return answer.get_data(as_text=True)


def rows(page: str) -> int:
    return page.count('<td role="cell" class="c-what">')


def test_customer_care_sees_one_line_per_ticket_with_the_name_masked(
    app: Flask, cast: Cast
) -> None:
    number = cast.complain(name="Dewi Anggraini").number
    cast.complain(wish=Wish.ANONYMOUS)
    cast.complain("Soal uang.", wish=Wish.CONFIDENTIAL)
    page = body(person(app, cast, "sari"), "/kerja")
    assert rows(page) == 3
    assert f"/kerja/tiket/{number}" in page
    assert "Dewi A•••" in page
    assert "Anggraini" not in page
    assert page.count("#i-lock") == 1  # the confidential one


def test_a_leader_who_heads_a_unit_knows_who_complained_of_its_work_alone(
    app: Flask, cast: Cast
) -> None:
    theirs = cast.complain("Tagihan parkir ganda.", name="Wati Susanti").number
    others = cast.complain("Antrean parkir lama.", name="Dewi Anggraini").number
    for number, unit in ((theirs, "keuangan"), (others, "farmasi")):
        cast.triage(number)
        dispose(cast, number, unit)
    heads = {"role": Role.UNIT_HEAD.value, "unit_id": cast.unit_ids["keuangan"]}
    unit_of_work(lambda: db.session.add(Grant(user_id=cast.user_ids["hanifah"], **heads)))
    hanifah = person(app, cast, "hanifah")
    found = body(hanifah, "/kerja/cari?cari=parkir")
    assert [number in found for number in (theirs, others)] == [True, True]
    assert "Dewi" not in found
    assert "Wati S•••" in body(hanifah, "/kerja")


@pytest.mark.parametrize("is_followed_up", [True, False])
def test_an_answer_is_marked_late_only_while_its_follow_up_is_missing(
    app: Flask, cast: Cast, traveller: time_machine.Traveller, is_followed_up: bool
) -> None:
    number = cast.complain().number
    cast.triage(number)
    cast.act("sari", number, lambda t, by: answer_ticket(t, "Sudah ada.", by=by))
    if is_followed_up:
        cast.act("sari", number, lambda t, by: record_follow_up(t, "Stok ditambah.", by=by))
    traveller.shift(timedelta(days=9))
    sari = person(app, cast, "sari")
    assert rows(body(sari, "/kerja?tampilan=terlambat")) == (not is_followed_up)
    assert ('class="is-late"' in body(sari, "/kerja?tampilan=semua")) is not is_followed_up


def test_everybody_begins_at_their_own_desk(app: Flask, cast: Cast) -> None:
    number = cast.complain().number
    cast.triage(number)
    dispose(cast, number, "farmasi")
    farmasi = f"/kerja/unit/{cast.unit_ids['farmasi']}"
    for name, count in (("budi", 1), ("lestari", 1), ("tono", 0), ("joko", 0), ("hanifah", 0)):
        client = person(app, cast, name)
        assert rows(body(client, "/kerja")) == count, name
        assert client.get(farmasi).status_code == (200 if count else 404), name
    assert person(app, cast, "sari").get(farmasi).status_code == 404
    assert person(app, cast, "sari").get("/kerja/catatan-saya").status_code == 404


def test_from_a_ticket_the_way_back_is_to_the_view_that_was_left(app: Flask, cast: Cast) -> None:
    number = cast.complain().number
    sari = person(app, cast, "sari")

    def way_back() -> str:
        page = body(sari, f"/kerja/tiket/{number}")
        return page.split('btn-back" href="')[1].split('"')[0].replace("&amp;", "&")

    assert way_back() == "/kerja"
    for left in ("/kerja?tampilan=baru", "/kerja?tampilan=semua&kanal=web", "/kerja"):
        body(sari, left)
        send(sari, act_url(number, "catatan"), text="Sudah ditelepon.")
        assert way_back() == left, "after an act too"
    body(sari, "/kerja?kanal=" + "x" * 3000)
    assert way_back() == "/kerja", "more than a cookie should carry"


def test_the_head_sees_who_works_on_it(app: Flask, cast: Cast) -> None:
    number = cast.complain().number
    cast.triage(number)
    dispose(cast, number, "farmasi", officer="budi")
    assert "Budi Santoso</span></td>" in body(person(app, cast, "lestari"), "/kerja")
    assert "Budi Santoso</span></td>" not in body(person(app, cast, "budi"), "/kerja")


def shown(page: str) -> str:
    """What stands beside the heading, before the hour."""
    return page.split('<span class="mute num">')[1].split(" · ")[0]


def test_filters_and_views_live_in_the_address(app: Flask, cast: Cast) -> None:
    triaged = cast.complain().number
    cast.complain()
    cast.triage(triaged)
    client = person(app, cast, "sari")
    assert rows(body(client, "/kerja?tampilan=baru")) == 1
    narrowed = body(client, "/kerja?grading=kuning")
    assert (rows(narrowed), shown(narrowed)) == (1, "1 tiket")
    assert rows(body(client, "/kerja?tampilan=baru&grading=kuning")) == 0
    assert (
        rows(body(client, "/kerja?unit=x&kategori=-1&tempat=99999999999&kanal=%00&sesudah=x")) == 2
    )


def test_more_than_fifty_go_on_another_page(app: Flask, cast: Cast) -> None:
    for _ in range(53):
        cast.complain()
    client = person(app, cast, "sari")
    first = body(client, "/kerja?grading=belum&endpoint=x&_external=1&_anchor=y&_scheme=javascript")
    assert rows(first) == 50
    assert 'rel="prev"' not in first
    assert shown(first) == "50 tiket pertama"
    second = body(client, _turn(first, "next"))
    assert (rows(second), shown(second)) == (3, "3 tiket di halaman ini")
    assert 'rel="next"' not in second
    again = body(client, _turn(second, "prev"))
    assert re.findall(r'href="(/kerja/tiket/[^"]+)', again) == re.findall(
        r'href="(/kerja/tiket/[^"]+)', first
    )
    assert 'rel="prev"' not in again


def _turn(page: str, way: str) -> str:
    """Where the button *way* of the page leads, the filters with it."""
    onward = page.split(f'rel="{way}" href="')[1].split('"')[0].replace("&amp;", "&")
    assert onward.startswith("/kerja?")
    assert "grading=belum" in onward
    assert not re.search("endpoint|external|anchor|scheme|#", onward), "what no list knows"
    return onward


def test_counts_are_live_and_silent_while_nothing_happens(app: Flask, cast: Cast) -> None:
    cast.complain()
    client = person(app, cast, "sari")
    url = "/kerja/hitung?meja=care&tampilan=semua&since=0"
    first = client.get(url)
    assert '<span class="n">1</span>' in first.get_data(as_text=True)
    asked = {"If-None-Match": first.headers["ETag"]}
    again = client.get(url, headers=asked)
    assert (again.status_code, again.get_data()) == (304, b"")
    cast.complain()
    news = client.get(url, headers=asked)
    assert '<span class="n">2</span>' in news.get_data(as_text=True)
    assert client.get("/kerja/hitung?meja=unit-1").status_code == 404


def test_a_number_typed_any_way_opens_its_ticket(app: Flask, cast: Cast) -> None:
    number = cast.complain().number
    client = person(app, cast, "sari")
    for typed in (number, number.lower(), number.replace("-", " "), number[4:], "1", "26-00001"):
        answer = client.get("/kerja/cari", query_string={"cari": typed})
        assert answer.headers.get("Location") == f"/kerja/tiket/{number}", typed
    answer = person(app, cast, "tono").get("/kerja/cari", query_string={"cari": number})
    assert answer.status_code == 200
    assert f"/kerja/tiket/{number}" not in answer.get_data(as_text=True)


@pytest.mark.parametrize("typed", ["kamar 1", "poli 1", "B-001", "lantai 1 panas"])
def test_a_number_among_other_words_opens_no_ticket(app: Flask, cast: Cast, typed: str) -> None:
    number = cast.complain("Obat sirup habis.").number
    cast.complain(f"Menunggu lama di {typed}, tidak ada yang memanggil.")
    client = person(app, cast, "sari")
    page = body(client, f"/kerja/cari?cari={typed}")
    assert rows(page) == 1
    assert f'href="/kerja/tiket/{number}"' in page, "it may be meant all the same"
    for named in ("no 1", "Nomor 1", "tiket 1", "keluhan no. 1", "klh 1", f"yang {number} itu"):
        answer = client.get("/kerja/cari", query_string={"cari": named})
        assert answer.headers.get("Location") == f"/kerja/tiket/{number}", named


def test_a_number_with_a_wrong_check_digit_offers_the_right_one_to_who_may_see_it(
    app: Flask, cast: Cast
) -> None:
    number = cast.complain().number
    wrong = f"{number[:-1]}{(int(number[-1]) + 1) % 10}"
    link = f'href="/kerja/tiket/{number}"'
    for typed in (wrong, wrong[4:], wrong.replace("-", "")):
        for name, is_offered in (("sari", True), ("tono", False)):
            answer = person(app, cast, name).get("/kerja/cari", query_string={"cari": typed})
            assert answer.status_code == 200, "offered, never opened"
            assert (link in answer.get_data(as_text=True)) is is_offered, (typed, name)


def test_words_are_found_newest_first(app: Flask, cast: Cast) -> None:
    cast.complain("Parkir motor mahal.")
    cast.complain("Obat sirup habis.")
    client = person(app, cast, "sari")
    assert rows(body(client, "/kerja/cari?cari=sirup")) == 1
    assert rows(body(client, "/kerja/cari?cari=sirup+motor")) == 0
    assert rows(body(client, "/kerja/cari?cari=%22%27%29+OR+sirup*")) == 1
    assert rows(body(client, "/kerja/cari")) == 0
    assert "Tidak ditemukan" not in body(client, "/kerja/cari"), "nothing was looked for yet"
    assert rows(body(client, "/kerja/cari?cari=sirup&sesudah=1.5")) == 1  # the edge of another list


def test_what_people_write_is_escaped(app: Flask, cast: Cast) -> None:
    cast.complain("<script>alert(1)</script>", name='"><u>Wati Sari')
    page = body(person(app, cast, "sari"), "/kerja")
    assert "<script>alert" not in page
    assert "<u>" not in page


@pytest.mark.parametrize("name", ["sari", "lestari"])
def test_the_number_of_queries_does_not_grow(app: Flask, cast: Cast, name: str) -> None:
    asked = []
    for count in (3, 12):
        for _ in range(count):
            number = cast.complain().number
            cast.triage(number)
            dispose(cast, number, "farmasi", "keuangan")
        client = person(app, cast, name)
        with counted() as queries:
            body(client, "/kerja")
        asked.append(len(queries))
        assert len(queries) <= 15, str(queries)
    assert asked[0] == asked[1]
    db.session.rollback()


def test_the_tasks_of_a_unit_are_told_from_the_desk_of_the_same_name(
    app: Flask, cast: Cast
) -> None:
    def head_a_unit() -> None:
        cast_unit = db.session.get_one(Unit, cast.unit_ids["farmasi"])
        cast_unit.name_id = cast_unit.name_en = "Customer care"
        ratih, head = cast.user_ids["ratih"], Role.UNIT_HEAD
        db.session.add(Grant(user_id=ratih, role=head, unit_id=cast_unit.id))

    unit_of_work(head_a_unit)
    page = person(app, cast, "ratih").get("/kerja").get_data(as_text=True)
    headings = re.findall(r"<h2>([^<]+)</h2>", page)
    assert len(headings) == len(set(headings)) > 1, headings


def test_the_end_of_a_search_says_that_older_ones_are_not_listed(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "MOST_HITS", 51)
    for _ in range(52):
        cast.complain("Obat sirup habis.")
    client = person(app, cast, "sari")
    said = "Tambahkan kata atau saringan"
    first = body(client, "/kerja/cari?cari=sirup")
    assert said not in first
    onward = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    last = body(client, onward)
    assert rows(last) == 1
    assert said in last
