"""What a director does with Tanggap: look, ask, be answered, and take a summary to the meeting."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from helpdesk.accounts.organisation import Organisation, local_zone
from helpdesk.lib import clock
from helpdesk.lib.database import db, unit_of_work
from helpdesk.monitoring.facts import settle_days
from helpdesk.monitoring.summaries.asking import newest_summaries
from helpdesk.tickets import answering, dispositions
from helpdesk.tickets.dispositions import Instruction
from helpdesk.tickets.follow_ups import record_follow_up
from helpdesk.tickets.states import Grade
from tests.browser.conftest import House
from tests.support.browser import PHONE, NewContext
from tests.support.files import words_on
from tests.support.processes import wait_until
from tests.support.screens import Member, Screen

SignIn = Callable[..., Member]
LATE = "Etiket sirup salah: 3 kali 1 sendok, kata dokter 2 kali setengah."
IN_TIME = "Perawat sif malam ketus ketika ditanya soal infus."


@pytest.fixture(scope="module")
def history(house: House) -> dict[str, str]:
    """Two complaints of last month, of which pharmacy still has one; their numbers, and the month."""
    with house.live.app.app_context():
        unit_of_work(_have_a_letterhead)
        today = clock.now().astimezone(local_zone())
    ago = timedelta(days=today.day + 10)
    with house.on_stage(ago=ago) as cast:
        month = f"{clock.now():%Y-%m}"
        late, in_time = cast.complain(LATE).number, cast.complain(IN_TIME, name="Rina").number
        cast.triage(late, Grade.RED)
        orders = [Instruction(unit_id=cast.unit_ids["farmasi"])]
        cast.act("sari", late, lambda t, by: dispositions.dispose_ticket(t, orders, by=by))
        cast.triage(in_time, Grade.YELLOW)
        cast.act("sari", in_time, lambda t, by: record_follow_up(t, "Ditegur.", by=by))
        cast.act("sari", in_time, lambda t, by: answering.answer_ticket(t, "Maaf.", by=by))
    house.sweep()
    with house.on_stage():
        settle_days(clock.now())
    return {"late": late, "in_time": in_time, "month": month}


def _have_a_letterhead() -> None:
    here = db.session.get_one(Organisation, 1)
    here.letter_code, here.letter_initials = "HM.02", "RSIA-C"
    here.signatory_name, here.signatory_title = "dr. Hanifah", "Direktur"


def test_a_director_follows_a_figure_to_its_ticket_and_is_answered(
    history: dict[str, str], member: SignIn
) -> None:
    hanifah = member("hanifah", size=PHONE)
    hanifah.open("/akun/beranda")
    for way in ("PDF dan Excel", "Arahan"):
        expect(hanifah.page.get_by_role("link", name=way)).to_be_in_viewport(ratio=1)
    hanifah.fill(periode=history["month"])
    hanifah.push("Tampilkan")
    expect(hanifah.page.locator(".keep li").first).to_contain_text("1 dari 2 tepat waktu")
    hanifah.press(hanifah.page.locator(".keep li").first.get_by_role("link", name="1 terlambat"))
    assert hanifah.shows("Etiket sirup salah")
    assert not hanifah.shows("Perawat sif malam")
    hanifah.follow("Etiket sirup salah")
    hanifah.follow("Beri arahan")
    hanifah.fill(text="Temui keluarganya hari ini.")
    hanifah.page.locator("main [name=unit]").select_option(label="Farmasi")
    hanifah.push("Kirim arahan")
    assert hanifah.shows("belum diterima")

    budi = member("budi")
    budi.open("/akun/beranda")
    budi.follow("Arahan")
    budi.follow("Etiket sirup salah")
    assert budi.shows("Temui keluarganya hari ini.")
    budi.push("Nyatakan diterima")
    budi.follow("Jawab arahan")
    budi.fill(text="Sudah kami temui, etiketnya kami ganti.")
    budi.push("Kirim jawaban")

    hanifah.open("/akun/beranda")
    hanifah.follow("Arahan")
    hanifah.press(hanifah.page.locator(".stages").get_by_role("link", name="Dijawab"))
    assert hanifah.shows("Arahan saya: dijawab")
    said = hanifah.page.locator(".order")
    expect(said).to_contain_text("Sudah kami temui, etiketnya kami ganti.")
    expect(said).to_contain_text("Budi Santoso")


def test_a_television_shows_the_promise_to_whoever_has_its_address(
    history: dict[str, str], member: SignIn, new_context: NewContext
) -> None:
    hanifah, television = member("hanifah"), Screen(new_context(size=(1920, 1080)).new_page())
    hanifah.open("/pimpinan/")
    hanifah.follow("Layar pantau")
    hanifah.unfold("Tautan untuk televisi")
    hanifah.push("Buat alamat")
    hanifah.unfold("Tautan untuk televisi")
    address = hanifah.page.locator("footer code").inner_text()
    television.open(address)
    assert television.shows("Farmasi")
    assert television.shows(history["late"])
    assert not television.shows("Etiket"), "nobody's words hang on a wall"
    hanifah.push("Tutup alamat")
    assert television.open(address).status == 404


def test_a_summary_is_asked_for_watched_and_taken_to_the_meeting(
    house: House, history: dict[str, str], member: SignIn
) -> None:
    hanifah = member("hanifah")
    hanifah.page.clock.install()
    hanifah.open("/pimpinan/")
    hanifah.follow("PDF dan Excel")
    hanifah.fill(period=history["month"])
    hanifah.push("Buat laporan")
    number = hanifah.page.locator("main").inner_text().split("Nomor ")[1].split()[0]
    assert number.startswith("0001/HM.02/RSIA-C/")
    expect(hanifah.page.get_by_role("status")).to_contain_text("%")
    hanifah.follow("Laporan")

    hanifah.follow("Laporan bulanan")
    hanifah.fill(is_monthly=True, day="5", hour="7", compiler_name="Sari Dewi")
    hanifah.page.locator("#readers").get_by_label("dr. Hanifah").check()
    hanifah.push("Simpan")
    assert hanifah.shows("Tersimpan.")
    hanifah.follow("Laporan bulanan")
    assert hanifah.page.locator("main [name=is_monthly]").is_checked()
    assert hanifah.page.locator("#readers").get_by_label("dr. Hanifah").is_checked()
    hanifah.follow("Laporan")

    row = hanifah.page.locator("tbody tr").filter(has_text=number)
    wait_until(lambda: is_ready(house, number))
    hanifah.page.clock.fast_forward(10_000)  # the page asks for itself, every ten seconds
    expect(row).to_contain_text("Siap")
    hanifah.press(row.get_by_role("link", name="Buka"))
    expect(hanifah.page.locator("main")).to_contain_text(number)
    name, pdf = hanifah.download("Unduh PDF")
    assert name.endswith(".pdf")
    printed = words_on(pdf)
    for words in (number, "Etiket sirup salah", "1 dari 2", "dr. Hanifah"):
        assert words in printed, words
    name, book = hanifah.download("Excel")
    assert name.endswith(".xlsx")
    assert load_workbook(io.BytesIO(book)).sheetnames


def is_ready(house: House, number: str) -> bool:
    """Has the worker built the summary with this number?"""
    with house.on_stage():
        return number in [one.number for one in newest_summaries().summaries if one.is_ready]
