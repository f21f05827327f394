"""Leadership's screen and the wallboard: true within a minute, every figure opens its tickets, nobody is named."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from html import unescape

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from helpdesk.accounts.actor import Actor
from helpdesk.catalogue.category import Place
from helpdesk.lib import clock
from helpdesk.lib.database import db, unit_of_work
from helpdesk.monitoring.facts import settle_days
from helpdesk.monitoring.figures import Figures, figures_of
from helpdesk.monitoring.glance import LateNow, newest_quote
from helpdesk.monitoring.period import Period
from helpdesk.monitoring.promise import Kept
from helpdesk.monitoring.unit_figures import UnitFigures
from helpdesk.tickets import closing
from helpdesk.tickets.states import Access, Grade, Identity
from helpdesk.tickets.ticket import Ticket
from helpdesk.tickets.triage import Verdict, guard_ticket
from helpdesk.web.leadership import overview, sights
from helpdesk.web.leadership.overview import headline, headline_of_period
from tests.support.cast import Cast
from tests.tickets.steps import answer, as_complainant, dispose, follow_up, send_back, sweep
from tests.web.workbench import person, tokenless

HOME = "/pimpinan/"
BOARD = "/pimpinan/papan"

pytestmark = pytest.mark.usefixtures("traveller")


def settle() -> None:
    settle_days(clock.now())


def page(client: FlaskClient, url: str = HOME) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer.get_data(as_text=True)


BEHIND = r'<a[^>]*href="(/pimpinan/tiket\?[^"]+)"[^>]*>'


def figures(text: str) -> dict[str, int]:
    """Every link to tickets that says a number, and every row of a table that begins with one and says it after."""
    plain = re.findall(BEHIND + r"(?:<b>)?(\d+)(?:</b>|<small>.*?</small>)?</a>", text)
    rows = re.findall(r"<tr>.*?</tr>", text, re.DOTALL)
    begun = [re.search(BEHIND + r".*?<b>(\d+)</b></td>", row, re.DOTALL) for row in rows]
    found = [*plain, *(row.groups() for row in begun if row)]
    return {unescape(url): int(number) for url, number in found}


def listed(text: str) -> int:
    return len(re.findall(r'<th scope="row"><a href="/kerja/tiket/', text))


def answered(cast: Cast, grade: Grade = Grade.YELLOW, score: int = 0, said: str = "") -> str:
    """A complaint of Farmasi that was answered in time, and rated."""
    number = cast.complain().number
    cast.triage(number, grade)
    dispose(cast, number, "farmasi")
    follow_up(cast, number, "budi")
    send_back(cast, number, "budi")
    answer(cast, number)
    if score:
        as_complainant(number, lambda t, by: closing.rate_handling(t, score, said, by=by))
    return number


def test_an_empty_house_divides_by_nothing(app: Flask, cast: Cast) -> None:
    text = page(person(app, cast, "hanifah"))
    assert text.count('<p class="big">–</p>') == 6, "four promises, the rating, the reopened"
    assert "0,0" not in text
    assert '<th scope="row"><a href="/kerja' not in text


def test_every_number_opens_as_many_tickets(
    app: Flask, cast: Cast, traveller: time_machine.Traveller
) -> None:
    answered(cast, Grade.YELLOW, score=4, said="Cepat.")
    answered(cast, Grade.GREEN, score=5)
    late = cast.complain("Etiket obat salah.").number
    cast.triage(late, Grade.RED)
    dispose(cast, late, "farmasi", "keuangan")
    traveller.shift(timedelta(days=2))
    sweep()
    settle()
    leader = person(app, cast, "hanifah")
    found = figures(page(leader))
    assert len(found) > 8
    for url, number in found.items():
        assert listed(page(leader, url)) == number, url
    assert "1 keluhan terlambat" in page(leader)


def test_thousands_have_their_point(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def counted_in_thousands(period: Period, at: datetime) -> Figures:
        units = (UnitFigures(1, tickets=2345, late_now=1002, returned=1003),)
        promise = Kept(kept=4001, missed=1004, pending=1005, left=1006)
        return replace(figures_of(period, at), received=5005, promise=promise, by_unit=units)

    monkeypatch.setattr(overview, "figures_of", counted_in_thousands)
    monkeypatch.setattr(overview, "late_now", lambda *_told, **_limits: LateNow(1234))
    text = page(person(app, cast, "hanifah"))
    for written in ("1.234 keluhan terlambat", "2.345", "1.002", "1.003", "1.005", "1.006"):
        assert written in text, written
    shown = re.sub(r"<svg.*?</svg>|<[^>]+>", " ", text, flags=re.DOTALL)
    assert not [found for found in re.findall(r"\b\d{4,}\b", shown) if not found.startswith("20")]


def test_the_week_is_one_picture_with_a_table_beside_it(
    app: Flask, cast: Cast, traveller: time_machine.Traveller
) -> None:
    for _turn in range(3):
        cast.complain()  # Friday, ten in the morning
    traveller.shift(timedelta(days=1, hours=4))
    cast.complain()
    settle()
    leader = person(app, cast, "hanifah")
    text = page(leader)
    (grid,) = re.findall(r'<svg class="chart"[^>]*aria-label="([^"]*)"', text)
    for words in ("Jumat: 3", "Sabtu: 1", "10.00", "11.00"):
        assert words in grid, words
    found = figures(text)
    slots = {url: n for url, n in found.items() if "hari-jam" in url}
    assert {url.split("kunci=")[1]: n for url, n in slots.items()} == {"4-10": 3, "5-14": 1}
    for url, number in slots.items():
        assert listed(page(leader, url)) == number
    assert listed(page(leader, "/pimpinan/tiket?angka=hari-jam&kunci=x-99&periode=2026-11")) == 0


@pytest.mark.parametrize(
    ("came", "said"),
    [
        ({}, ""),
        (
            {(4, 10): 5, (6, 5): 4},
            "Paling banyak datang hari Jumat pukul 10.00 sampai 11.00: 5 keluhan.",
        ),
        (
            {(4, 10): 5, (6, 5): 5},
            "Paling banyak datang hari Jumat pukul 10.00 sampai 11.00 dan Minggu pukul 05.00 "
            "sampai 06.00: masing-masing 5 keluhan.",
        ),
        ({(0, 1): 2, (1, 1): 2, (2, 23): 2, (3, 1): 2}, ""),
    ],
)
def test_hours_that_had_as_many_are_all_named_or_none(
    app: Flask, cast: Cast, came: dict[tuple[int, int], int], said: str
) -> None:
    week = tuple(tuple(came.get((day, hour), 0) for hour in range(24)) for day in range(7))
    with app.test_request_context():
        figures = replace(figures_of(Period(2026, 11), clock.now()), by_weekday_and_hour=week)
        assert sights.busiest(figures) == said


def test_with_nothing_to_compare_with_there_is_no_change(
    app: Flask, cast: Cast, traveller: time_machine.Traveller
) -> None:
    def change() -> str:
        text = page(leader, f"{HOME}?periode=2026")
        row = re.search(r'<tr><th scope="row">.*?angka=masalah.*?</tr>', text, re.DOTALL)
        assert row
        return re.findall(r'<td class="num">(.*?)</td>', row[0])[-1]

    leader = person(app, cast, "hanifah")
    for _turn in range(2):
        number = cast.complain().number
        cast.triage(number)
        dispose(cast, number, "farmasi")
    settle()
    assert change() == "–"
    traveller.shift(timedelta(days=-400))
    cast.complain()
    settle()
    traveller.shift(timedelta(days=400))
    assert change() == "+2"
    assert ">Perubahan</th>" in page(leader, f"{HOME}?periode=2026")


def test_any_period_can_be_looked_at(app: Flask, cast: Cast) -> None:
    answered(cast)
    settle()
    leader = person(app, cast, "hanifah")
    assert "100,0" in page(leader)
    for code in ("2026-Q4", "2026", "2026-11"):
        text = page(leader, f"{HOME}?periode={code}")
        assert "100,0" in text, code
        assert f'value="{code}" selected' in text
        assert f"periode={code}" in text
    assert "100,0" not in page(leader, f"{HOME}?periode=2026-10")
    assert 'value="2019-03" selected' in page(leader, f"{HOME}?periode=2019-03")
    assert 'value="2026-11" selected' in page(leader, f"{HOME}?periode=besok")


def test_the_screen_stays_true_and_asks_for_nothing_new_in_vain(
    app: Flask, cast: Cast, traveller: time_machine.Traveller
) -> None:
    leader = person(app, cast, "hanifah")
    live = unescape(re.findall(r'data-live="([^"]+)"', page(leader))[0])
    first = leader.get(live)
    seen = {"If-None-Match": first.headers["ETag"]}
    assert leader.get(live, headers=seen).status_code == 304
    number = cast.complain().number
    cast.triage(number)
    settle()
    now = leader.get(live, headers=seen)
    assert now.status_code == 200
    assert now.get_data(as_text=True) != first.get_data(as_text=True)
    assert "<html" not in now.get_data(as_text=True)
    seen = {"If-None-Match": now.headers["ETag"]}
    traveller.shift(timedelta(minutes=1))
    assert leader.get(live, headers=seen).status_code == 200, "time passes for what is late"


def test_what_is_restricted_is_counted_and_not_listed(app: Flask, cast: Cast) -> None:
    number = cast.complain("Petugas meminta uang.").number
    cast.triage(number, access=Access.RESTRICTED, reader_ids=[cast.user_ids["ratih"]])
    settle()
    leader = person(app, cast, "hanifah")
    text = page(leader)
    assert "meminta uang" not in text
    assert "rahasia" in text.lower()
    behind = page(leader, f"/pimpinan/tiket?angka=rahasia&periode={Period(2026, 11)}")
    assert listed(behind) == 0


def test_a_red_confidential_one_that_is_late_troubles_the_whole_house(
    app: Flask, cast: Cast, traveller: time_machine.Traveller
) -> None:
    number = cast.complain("Petugas meminta uang.").number
    readers = [cast.user_ids["ratih"]]
    cast.triage(number, Grade.RED, access=Access.RESTRICTED, reader_ids=readers)
    traveller.shift(timedelta(days=2))
    sweep()
    settle()
    leader = person(app, cast, "hanifah")
    for url in (HOME, BOARD):
        text = page(leader, url)
        assert "<h1>Perlu perhatian, 1 keluhan terlambat</h1>" in text, url
        assert "1 di antaranya rahasia dan tidak ditampilkan." in text
        assert "Tidak ada keluhan yang lewat batas waktu" not in text
        assert number not in text
        assert "meminta uang" not in text
    behind = page(leader, "/pimpinan/tiket?angka=terlambat")
    assert "1 tidak ditampilkan kepada Anda karena rahasia" in behind
    assert "1 di antaranya rahasia" not in page(person(app, cast, "ratih"))


def test_only_the_words_of_who_hid_nothing_are_quoted(cast: Cast) -> None:
    def quoted() -> str:
        found = newest_quote(Period(2026, 11), cast.actor("hanifah"), clock.now())
        return found.text if found else ""

    assert quoted() == ""
    answered(cast, score=4, said="Baik, hubungi 0812-3456-0172.")
    assert quoted() == "Baik, hubungi [HP]."
    withheld = cast.complain().number
    cast.triage(withheld, identity=Identity.WITHHELD)
    restricted = cast.complain().number
    cast.triage(restricted, access=Access.RESTRICTED, reader_ids=[cast.user_ids["hanifah"]])
    for number in (withheld, restricted):
        follow_up(cast, number, "sari")
        answer(cast, number)
        as_complainant(number, lambda t, by: closing.rate_handling(t, 1, "Saya Wati.", by=by))
    assert quoted() == "Baik, hubungi [HP]."


def test_what_staff_wrote_down_is_not_quoted_though_they_rate_the_next_answer_themselves(
    cast: Cast, traveller: time_machine.Traveller
) -> None:
    number = cast.complain().number
    cast.triage(number)
    answer(cast, number)
    cast.act("sari", number, lambda t, by: closing.rate_handling(t, 2, "Kata Sari.", by=by))
    as_complainant(number, lambda t, by: closing.object_to_answer(t, "Belum.", by=by))
    traveller.shift(timedelta(hours=1))
    answer(cast, number)
    as_complainant(number, lambda t, by: closing.rate_handling(t, 4, "", by=by))
    assert newest_quote(Period(2026, 11), cast.actor("hanifah"), clock.now()) is None


@pytest.mark.parametrize(
    ("late", "promise", "begins"),
    [
        (LateNow(), Kept(), "Keadaan terkendali"),
        (LateNow(4), Kept(kept=9, missed=1), "Keadaan terkendali"),
        (LateNow(1, red=1), Kept(kept=9, missed=1), "Perlu perhatian"),
        (LateNow(), Kept(kept=7, missed=3), "Perlu perhatian"),
    ],
)
def test_the_headline_says_it_in_one_sentence(
    app: Flask, cast: Cast, late: LateNow, promise: Kept, begins: str
) -> None:
    with app.test_request_context():
        said = headline(late, promise)
    assert said.startswith(begins)
    assert (str(late.total) in said) == bool(late.total)


@pytest.mark.parametrize(
    ("received", "promise", "said"),
    [
        (0, Kept(), "Tidak ada keluhan yang masuk"),
        (2, Kept(left=2), "2 keluhan masuk, tidak ada yang dinilai"),
        (
            9,
            Kept(kept=7, missed=1),
            "Target tercapai, 7 dari 8 keluhan dijawab dan ditindaklanjuti tepat waktu",
        ),
        (
            9,
            Kept(kept=7, missed=2),
            "Target belum tercapai, 7 dari 9 keluhan dijawab dan ditindaklanjuti tepat waktu",
        ),
    ],
)
def test_another_period_has_a_headline_of_its_own(
    app: Flask, cast: Cast, received: int, promise: Kept, said: str
) -> None:
    with app.test_request_context():
        assert headline_of_period(received, promise) == said


def test_what_is_late_now_is_no_headline_of_another_period(
    app: Flask, cast: Cast, traveller: time_machine.Traveller
) -> None:
    late = cast.complain("Etiket obat salah.").number
    cast.triage(late, Grade.RED)
    traveller.shift(timedelta(days=2))
    sweep()
    settle()
    leader = person(app, cast, "hanifah")
    for code in ("2026-11", "2026-Q4", "2026"):
        assert "1 keluhan terlambat</h1>" in page(leader, f"{HOME}?periode={code}"), code
    for code in ("2025", "2026-10", "2026-12", "2027"):
        assert "<h1>Tidak ada keluhan yang masuk</h1>" in page(leader, f"{HOME}?periode={code}")


def test_leaders_see_at_which_places_complaints_arose(
    app: Flask, cast: Cast, traveller: time_machine.Traveller
) -> None:
    """The first eight, the others folded away, and apart from them what names no place; each opens its tickets."""
    cast.complain()
    settle()
    assert "Tempat kejadian" not in page(person(app, cast, "hanifah")), "no place was named"
    rooms = [cast.place_ids["farmasi"], *unit_of_work(nine_rooms)]
    cast.complain(place_id=rooms[1])
    traveller.shift(timedelta(days=31))
    for place_id in (*rooms, *rooms[:2], rooms[0]):
        cast.complain(place_id=place_id)
    cast.complain("Di lorong.", place_text="Lorong lantai 2")
    settle()
    leader = person(app, cast, "hanifah")  # signed out since
    text = page(leader)
    section = text[text.index('id="te"') : text.index('id="pu"')]
    first, folded = section.split("2 tempat lainnya")
    changes = re.findall(r'<b>(\d+)</b></td><td class="num">(.*?)</td>', first)
    assert changes == [("3", "+3"), ("2", "+1"), *[("1", "+1")] * 6]
    assert first.count("<tr>") == folded.count("<tr>") + 6
    assert re.search(BEHIND + "1 keluhan tidak menyebut tempat dari daftar", section)
    found = {url: n for url, n in figures(text).items() if "angka=tempat" in url}
    assert len(found) == len(rooms)
    for url, number in {**found, "/pimpinan/tiket?angka=tempat&kunci=0": 1}.items():
        assert listed(page(leader, url)) == number, url


def nine_rooms() -> list[int]:
    rooms = [Place(code=f"k{n}", name_id=f"Kamar {n}", name_en=f"Room {n}") for n in range(1, 10)]
    db.session.add_all(rooms)
    db.session.flush()
    return [one.id for one in rooms]


# ---------------------------------------------------------------- the wallboard


def test_the_wallboard_says_no_word_that_a_person_wrote(
    app: Flask, cast: Cast, traveller: time_machine.Traveller
) -> None:
    open_one = cast.complain("Ibu Wati menunggu obat.").number
    hidden = cast.complain("Petugas Budi meminta uang.").number
    cast.triage(open_one, Grade.RED)
    traveller.shift(timedelta(days=9))
    sweep()
    settle()
    for who in ("hanifah", "ratih"):
        text = page(person(app, cast, who), BOARD)
        assert open_one in text
        assert "Dari keluhan bulan ini" in text, "what was answered is of what came this month"
        assert "menunggu obat" not in text
        assert "Wati" not in text
    cast.act("sari", hidden, _restrict)
    for who in ("hanifah", "ratih"):
        text = page(person(app, cast, who), BOARD)
        assert hidden not in text
        assert '<p class="wall-huge late-ink">2</p>' in text
        assert "1 di antaranya rahasia dan tidak ditampilkan." in text


def _restrict(ticket: Ticket, by: Actor) -> None:
    verdict = Verdict(grade=Grade.YELLOW, category_id=None, access=Access.RESTRICTED)
    guard_ticket(ticket, verdict, by=by)


def test_the_wallboard_is_dark_and_keeps_itself_true(app: Flask, cast: Cast) -> None:
    leader = person(app, cast, "hanifah")
    text = page(leader, BOARD)
    assert 'data-bs-theme="dark"' in text
    assert 'data-bs-theme="light"' in page(leader, f"{BOARD}?latar=terang")
    live = unescape(re.findall(r'data-live="([^"]+)"', text)[0])
    first = leader.get(live)
    assert first.status_code == 200
    again = leader.get(live, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_a_television_has_an_address_of_its_own_that_can_be_closed(app: Flask, cast: Cast) -> None:
    leader, stranger = tokenless(app, cast, "hanifah"), app.test_client()
    leader.post(f"{BOARD}/tautan")
    link = re.search(r"<code>[a-z]+://[^/]+(/[^<]+)</code>", page(leader, BOARD))
    assert link
    assert "ringkasan" not in page(stranger, link[1])
    assert "Tautan untuk televisi" not in page(stranger, link[1])
    assert page(stranger, f"{link[1]}/kini?since=0")
    assert stranger.get(f"{BOARD}/{'x' * 43}").status_code == 404
    leader.post(f"{BOARD}/tautan/tutup")
    assert stranger.get(link[1]).status_code == 404
    assert stranger.get(f"{BOARD}/").status_code == 404
