"""A list taken along as a workbook: what the screen shows with its filters, to its end, and no more than one may."""

from __future__ import annotations

import io
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select

from helpdesk.audit.trail import AuditEntry
from helpdesk.intake.submission import Wish
from helpdesk.lib.database import db
from helpdesk.tickets import whole_list
from helpdesk.tickets.states import Access, Channel, Grade
from tests.support.cast import Cast
from tests.support.queries import counted
from tests.tickets.steps import answer, dispose, follow_up, sweep
from tests.web.workbench import person, tokenless

FORMULA = '=HYPERLINK("http://evil.example","klik")'

pytestmark = pytest.mark.usefixtures("traveller")


def take(client: FlaskClient, asked: str = "?meja=care", door: str = "/kerja/unduh") -> Any:
    answer = client.post(door + asked)
    assert answer.status_code == 200, (asked, answer.status_code)
    assert answer.headers["Cache-Control"] == "no-store"
    assert ".xlsx" in answer.headers["Content-Disposition"]
    return load_workbook(io.BytesIO(answer.get_data()))


def lines(book: Any) -> list[dict[str, Any]]:
    """The rows of the first sheet, by the names of their columns."""
    head, *rows = list(book.worksheets[0].iter_rows(min_row=4, values_only=True))
    return [dict(zip(head, row, strict=True)) for row in rows]


def numbers(book: Any) -> list[str]:
    return [line["Nomor"] for line in lines(book)]


def shown(client: FlaskClient, address: str) -> list[str]:
    """The numbers on the screen, page after page."""
    page = client.get(address).get_data(as_text=True)
    onward = re.search(r'rel="next" href="([^"]+)', page)
    here = re.findall(r'class="num" href="/kerja/tiket/([^"]+)', page)
    return here + (shown(client, onward[1].replace("&amp;", "&")) if onward else [])


def test_the_file_holds_every_page_of_the_list_in_its_order(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch, traveller: time_machine.Traveller
) -> None:
    monkeypatch.setattr(whole_list, "BATCH", 20)
    for place in range(54):
        number = cast.complain(channel=Channel.PHONE if place % 9 else Channel.WEB).number
        if place % 4 == 0:
            cast.triage(number, Grade.RED)
        traveller.shift(timedelta(minutes=1))
    cry = cast.complain("TOLONG istri saya pendarahan hebat habis lahiran").number
    cast.complain("TOLONG suami saya tidak sadar, pendarahan hebat", wish=Wish.ANONYMOUS)
    sari = tokenless(app, cast, "sari")
    whole = numbers(take(sari))
    first_page = re.findall(
        r'class="num" href="/kerja/tiket/([^"]+)', sari.get("/kerja").get_data(as_text=True)
    )
    assert whole[: len(first_page)] == first_page
    assert whole[0] == cry, "what sounds like an emergency leads here too"
    assert (len(whole), len(set(whole))) == (56, 56)
    for asked in ("grading=merah", "grading=belum&kanal=phone", "tampilan=baru"):
        listed = shown(sari, f"/kerja?{asked}")
        taken = numbers(take(sari, f"?meja=care&{asked}"))
        assert sorted(taken) == sorted(set(listed)), asked
        if "tampilan" not in asked:
            assert taken == listed, asked


def test_a_ticket_is_told_in_words_and_in_real_dates(
    app: Flask, cast: Cast, traveller: time_machine.Traveller
) -> None:
    place = {"place_id": cast.place_ids["farmasi"], "place_text": "loket 3"}
    origin = {"channel": Channel.LAPOR, "origin_number": "8312345"}
    number = cast.complain(FORMULA, name="Dewi Anggraini", **place, **origin).number
    cast.triage(number, Grade.RED)
    dispose(cast, number, "farmasi", "keuangan")
    traveller.shift(timedelta(days=3, hours=1))
    sari = tokenless(app, cast, "sari")
    book = take(sari, "?meja=care&grading=merah&cari=hyperlink")
    [line] = lines(book)
    assert line["Nomor"] == number
    assert line["Diterima (WIB)"] == datetime(2026, 11, 20, 10, 0)  # noqa: DTZ001 - Excel knows no zone
    assert line["Batas waktu (WIB)"] == datetime(2026, 11, 21, 10, 0)  # noqa: DTZ001
    assert line["Terlambat (hari)"] == 2.1
    told = [line[name] for name in ("Jenis", "Kanal", "Kategori", "Grading", "Status", "Unit")]
    assert told == [
        "Keluhan", "SP4N-LAPOR!", "Obat dan farmasi", "Merah", "Dalam tindak lanjut", "Farmasi, Keuangan",
    ]  # fmt: skip
    assert (line["Tempat"], line["Pelapor"]) == ("Farmasi rawat jalan, loket 3", "Dewi A•••")
    assert line["Nomor di sistem asal"] == "8312345"
    title = book.worksheets[0].cell(5, list(line).index("Keluhan") + 1)
    assert (title.value, title.data_type, title.hyperlink) == (FORMULA, "s", None)
    about = {row[0]: row[1] for row in book["Tentang"].iter_rows(min_row=5, values_only=True)}
    assert about["Diunduh oleh"] == "Sari Dewi"
    assert "Senin, 23 November 2026" in about["Diunduh pada"]
    assert (about["Daftar"], about["Grading"]) == ("Customer care: Semua yang terbuka", "Merah")
    assert (about["Kata yang dicari"], about["Tiket"]) == ("hyperlink", "1")
    assert "Data pribadi" in about
    [entry] = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "list_exported"))
    asked = {"desk": "care", "view": "semua", "grade": "merah", "searched": True, "count": 1}
    assert (entry.actor_label, entry.details) == ("Sari Dewi", asked), "but never the words"


def test_what_is_confidential_stays_behind(app: Flask, cast: Cast) -> None:
    hidden = {"name": "Dewi Anggraini", "place_text": "kamar mawar 7", "origin_number": "8312345"}
    undecided = cast.complain("Petugas meminta uang.", wish=Wish.CONFIDENTIAL, **hidden).number
    hidden |= {"name": "Rina Oktavia"}
    withheld = cast.complain("Loket tutup.", wish=Wish.CONFIDENTIAL, **hidden).number
    cast.triage(withheld, access=Access.ORDINARY)
    nobody = cast.complain("Antrean lama.", wish=Wish.ANONYMOUS, origin_number="8312345").number
    cast.triage(nobody, access=Access.RESTRICTED)
    by_number = {line["Nomor"]: line for line in lines(take(tokenless(app, cast, "sari")))}
    assert len(by_number) == 3
    assert "Petugas meminta uang" in str(person(app, cast, "sari").get("/kerja").data)
    told = by_number[undecided]
    assert (told["Keluhan"], told["Pelapor"]) == ("isi dirahasiakan", "Rahasia")
    assert not told["Tempat"]
    told = by_number[withheld]
    assert (told["Keluhan"], told["Pelapor"]) == ("Loket tutup.", "Rahasia")
    assert told["Tempat"] == "kamar mawar 7"
    told = by_number[nobody]
    assert (told["Keluhan"], told["Pelapor"]) == ("isi dirahasiakan", "Anonim")
    assert not re.search("Dewi|Rina|8312345", str(by_number))
    found = take(tokenless(app, cast, "sari"), "?cari=rina+oktavia", "/kerja/cari/unduh")
    assert numbers(found) == [withheld]
    about = str([list(sheet.values) for sheet in found])
    assert "tidak ditulis" in about
    assert not re.search("oktavia", about, re.IGNORECASE), "nor in what was searched for"


def test_everybody_takes_their_own_desk_and_no_other(app: Flask, cast: Cast) -> None:
    theirs, others = (cast.complain(f"Parkir {one}.", name="Wati Susanti").number for one in "ab")
    cast.triage(theirs)
    cast.triage(others)
    dispose(cast, theirs, "farmasi", officer="budi")
    farmasi, keuangan = (cast.unit_ids[unit] for unit in ("farmasi", "keuangan"))
    lestari = tokenless(app, cast, "lestari")
    [line] = lines(take(lestari, f"?meja=unit-{farmasi}"))
    assert (line["Nomor"], line["Status"]) == (theirs, "Belum diterima unit")
    assert (line["Unit"], line["Petugas"], line["Pelapor"]) == (
        "Farmasi",
        "Budi Santoso",
        "Wati S•••",
    )
    found = take(lestari, "?cari=parkir", "/kerja/cari/unduh")
    assert numbers(found) == [theirs]
    assert lestari.post(f"/kerja/unduh?meja=unit-{keuangan}").status_code == 404
    assert lestari.post("/kerja/unduh?meja=care").status_code == 404
    joko = tokenless(app, cast, "joko")
    nothing = take(joko, "?meja=records")
    assert numbers(nothing) == []
    assert "Tidak ada tiket" in nothing.worksheets[0]["A3"].value
    button = "Unduh (XLSX)"
    assert button not in joko.get("/kerja").get_data(as_text=True)
    assert button in lestari.get("/kerja").get_data(as_text=True)
    ayu = tokenless(app, cast, "ayu")
    for address in ("unduh?meja=records", "unduh?meja=care", "cari/unduh?cari=parkir"):
        assert ayu.post(f"/kerja/{address}").status_code == 404, address
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "list_exported")).all()
    assert [(one.actor_label, one.details["count"]) for one in entries] == [
        ("apt. Lestari", 1), ("apt. Lestari", 1), ("Joko Susilo", 0),
    ]  # fmt: skip
    assert (entries[0].subject_kind, entries[0].subject_id) == ("unit", farmasi)


def test_a_list_beyond_the_most_says_so_and_each_batch_asks_the_same(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(9):
        cast.complain()
    sari, asked = tokenless(app, cast, "sari"), []
    monkeypatch.setattr(whole_list, "BATCH", 2)
    for most in (2, 4, 6):
        monkeypatch.setattr(whole_list, "MOST", most)
        with counted() as queries:
            book = take(sari)
        db.session.rollback()
        asked.append(len(queries))
        assert len(numbers(book)) == most
        assert f"{most} tiket pertamanya" in book.worksheets[0]["A3"].value
    assert asked[2] - asked[1] == asked[1] - asked[0] <= 3, asked
    monkeypatch.setattr(whole_list, "MOST", 9)
    assert take(sari).worksheets[0]["A3"].value is None


@pytest.mark.engines("sqlite")
def test_one_person_takes_twenty_lists_an_hour_and_keeps_nobody_else(
    app: Flask, cast: Cast
) -> None:
    joko, sari = tokenless(app, cast, "joko"), tokenless(app, cast, "sari")
    answers = [joko.post("/kerja/unduh?meja=records") for _ in range(21)]
    assert [one.status_code for one in answers] == [200] * 20 + [429]
    assert "loket pengaduan" not in answers[-1].text, "they are at work there"
    assert answers[-1].headers["Retry-After"] == "3600"
    assert sari.post("/kerja/unduh?meja=care").status_code == 200


def test_the_tickets_behind_a_figure_are_taken_without_who_complained(
    app: Flask, cast: Cast, traveller: time_machine.Traveller
) -> None:
    late, kept = (cast.complain("Parkir mahal.", name="Dewi Anggraini").number for _ in range(2))
    hidden = cast.complain("Petugas meminta uang.").number
    readers = {"access": Access.RESTRICTED, "reader_ids": [cast.user_ids["ratih"]]}
    for number, grade in ((late, Grade.RED), (kept, Grade.GREEN), (hidden, Grade.RED)):
        cast.triage(number, grade, **(readers if number == hidden else {}))
    traveller.shift(timedelta(days=3))
    sweep()
    follow_up(cast, late)
    answer(cast, late, by="ratih")
    asked = "?angka=lewat&periode=2026-11"
    hanifah = tokenless(app, cast, "hanifah")
    assert "/pimpinan/tiket/unduh?" in hanifah.get(f"/pimpinan/tiket{asked}").get_data(True)
    book = take(hanifah, asked, "/pimpinan/tiket/unduh")
    [line] = lines(book)
    assert (line["Nomor"], line["Status"], line["Terlambat (hari)"]) == (late, "Dijawab", 2.0)
    assert "Pelapor" not in line
    assert "Dewi" not in str(list(book.worksheets[0].values))
    about = {row[0]: row[1] for row in book["Tentang"].iter_rows(min_row=5, values_only=True)}
    assert about["Periode"] == "November 2026"
    assert about["Rahasia"].startswith("1 tidak ditampilkan kepada Anda")
    [entry] = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "list_exported"))
    assert entry.details == {"figure": "lewat", "period": "2026-11", "count": 1}
    assert tokenless(app, cast, "ayu").post(f"/pimpinan/tiket/unduh{asked}").status_code == 403
