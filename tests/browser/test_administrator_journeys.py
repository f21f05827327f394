"""What an administrator does: days off, words, people, a second step, and a look at whether all is well."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pyotp
from playwright.sync_api import expect

from helpdesk.lib import clock, heartbeats
from helpdesk.messaging.outbox import messages_about
from helpdesk.messaging.templates import render_message
from tests.browser.conftest import House
from tests.support.browser import NewContext
from tests.support.cast import PASSWORD
from tests.support.processes import wait_until
from tests.support.screens import Complainant, Member

SignIn = Callable[..., Member]


def a_wednesday() -> date:
    """One in June three years ahead, of which no list of holidays is delivered yet."""
    june = date(clock.now().year + 3, 6, 1)
    return june + timedelta(days=(2 - june.weekday()) % 7)


def file_of(name: str, text: str) -> dict[str, object]:
    """A text file as a file chooser hands it over."""
    kind = "text/calendar" if name.endswith(".ics") else "text/csv"
    return {"name": name, "mimeType": kind, "buffer": text.encode()}


def test_days_off_come_by_hand_and_from_files_and_move_a_deadline(member: SignIn) -> None:
    wednesday = a_wednesday()
    thursday, friday = wednesday + timedelta(days=1), wednesday + timedelta(days=2)
    ayu = member("ayu")
    ayu.open("/akun/beranda")
    ayu.follow("Kalender dan libur")
    ayu.follow("Hari libur")
    for year in range(clock.now().year + 1, wednesday.year + 1):
        ayu.follow(str(year))
    ayu.fill(on=wednesday.isoformat(), name_id="Ulang tahun rumah sakit")
    ayu.press()
    assert ayu.shows("Ulang tahun rumah sakit")

    ayu.follow("Masukkan berkas")
    table = f"tanggal;nama\n{wednesday};Ulang tahun\n{thursday};Pawai kota\nbesok;Entah\n"
    ayu.fill(file=file_of("libur.csv", table), kind="local")
    ayu.push("Lihat")
    lines = ayu.page.locator("tbody tr")
    expect(lines.nth(0)).to_contain_text("sudah ada")
    expect(lines.nth(1)).to_contain_text("ditambahkan")
    expect(lines.nth(2)).to_contain_text("besok")
    ayu.press()
    assert ayu.shows("Pawai kota")

    ayu.follow("Masukkan berkas")
    event = f"UID:1\r\nDTSTART;VALUE=DATE:{friday:%Y%m%d}\r\nSUMMARY:Hari bakti\r\n"
    ayu.fill(
        file=file_of("libur.ics", f"{ICS_HEAD}BEGIN:VEVENT\r\n{event}END:VEVENT\r\n{ICS_FOOT}")
    )
    ayu.push("Lihat")
    assert ayu.shows("Hari bakti")
    ayu.press()
    assert b"SUMMARY:Hari bakti" in ayu.paper("iCalendar")

    ayu.open("/akun/beranda")
    ayu.follow("Batas waktu dan eskalasi")
    ayu.follow("Coba satu kasus")
    tuesday = wednesday - timedelta(days=1)
    ayu.fill(tanggal=tuesday.isoformat(), jam="10:00", tingkat="hijau")
    ayu.push("Hitung")
    for why in ayu.page.locator("main details > summary").all():
        why.click()
    way = ayu.page.locator("main table").filter(has_text="Ulang tahun rumah sakit").last
    for holiday in ("Pawai kota", "Hari bakti"):
        expect(way).to_contain_text(holiday)


ICS_HEAD = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Dinas//ID\r\n"
ICS_FOOT = "END:VCALENDAR\r\n"


def test_the_next_complainant_reads_the_new_words_and_the_old_ones_can_come_back(
    house: House, member: SignIn, new_context: NewContext
) -> None:
    ayu = member("ayu")
    ayu.open("/akun/beranda")
    ayu.follow("Kata-kata pesan")
    ayu.press(ayu.page.locator("a[href$='/received/id']"))
    ayu.fill(body="Salam. Nomor Anda {nomor}. Bukalah {link}")
    ayu.push("Lihat dulu")
    assert ayu.page.locator(".summary").is_visible()
    ayu.fill(body="Salam. Nomor Anda {number}, kami jawab paling lambat {due}. Bukalah {link}")
    ayu.push("Lihat dulu")
    expect(ayu.page.locator(".letterlike")).to_contain_text("Salam. Nomor Anda KLH-")
    ayu.push("Pakai mulai sekarang")

    wati = Complainant(new_context().new_page())
    number, _pin = wati.complain("Kipas di lobi mati.", whatsapp="0812-3456-0172")
    with house.on_stage() as cast:
        [received] = messages_about("ticket", cast.ticket(number).id)[:1]
        assert render_message(received).body.startswith(f"Salam. Nomor Anda {number}")

    delivered = ayu.page.locator(".versions > li").last
    delivered.locator("summary").click()
    expect(delivered).to_contain_text("Terima kasih sudah memberi tahu kami.")
    ayu.press(delivered.get_by_role("button"))
    assert "Terima kasih" in ayu.page.locator("main [name=body]").input_value()


def test_new_people_come_from_a_list_and_one_goes_to_work(
    member: SignIn, new_context: NewContext
) -> None:
    ayu = member("ayu")
    ayu.open("/akun/beranda")
    ayu.follow("Petugas")
    ayu.follow("Dari berkas")
    ayu.fill(file=file_of("petugas.csv", HEAD + "rina.oktavia;Rina Oktavia;raja;\n" + LISA))
    ayu.push("Lihat")
    expect(ayu.page.locator("tr.refused")).to_contain_text("raja")
    assert not ayu.page.get_by_role("button", name="Simpan semuanya").count()
    ayu.fill(text=HEAD + "rina.oktavia;Rina Oktavia;care;\n" + LISA)
    ayu.push("Lihat")
    assert ayu.page.locator("tr.new").count() == 2
    ayu.push("Simpan semuanya")
    slip = ayu.page.locator("tbody tr").filter(has_text="rina.oktavia")
    rina = Member(new_context().new_page())
    rina.sign_in("rina.oktavia", slip.locator("code").inner_text())
    rina.choose_password(slip.locator("code").inner_text())
    rina.record("Antrean loket tiga berhenti.")
    ayu.follow("Sudah saya simpan")
    assert ayu.shows("Lisa Marlina")


HEAD = "nama pengguna;nama;peran;petugas unit\n"
LISA = "lisa;Lisa Marlina;;farmasi\n"


def test_a_second_step_is_set_up_used_noted_and_all_is_well(
    house: House, member: SignIn, new_context: NewContext
) -> None:
    ratih = member("ratih")
    ratih.open("/akun")
    ratih.follow("Pasang")
    ratih.unfold("Tidak dapat dipindai")
    secret = ratih.page.locator(".secret").inner_text().replace(" ", "")
    ratih.fill(code=pyotp.TOTP(secret).now(), password=PASSWORD)
    ratih.push("Aktifkan")
    assert ratih.page.locator(".codes li").count() == 10
    ratih.follow("Sudah saya simpan")

    elsewhere = Member(new_context().new_page()).sign_in("ratih")
    assert elsewhere.path.startswith("/masuk/kode")
    elsewhere.fill(code="000000")
    elsewhere.push("Masuk")
    assert elsewhere.page.locator(".summary").is_visible()
    # Each code lets in once, and a telephone may be fast
    next_one = clock.now() + timedelta(seconds=30)
    elsewhere.fill(code=pyotp.TOTP(secret).at(next_one))
    elsewhere.push("Masuk")
    assert elsewhere.path.startswith("/kerja")

    wait_until(lambda: is_worker_heard(house))
    ayu = member("ayu")
    ayu.open("/akun/beranda")
    expect(ayu.page.locator("tr").filter(has_text="Proses latar")).to_contain_text("Baik")
    ayu.follow("Jejak audit")
    ayu.unfold("Cari di jejak audit")
    ayu.page.locator("main [name=siapa]").select_option(label="Ratih Kusuma")
    ayu.push("Cari")
    rows = ayu.page.locator("tbody tr")
    assert all("Ratih Kusuma" in who for who in rows.locator("th").all_inner_texts())
    assert rows.filter(has_text="memasang langkah kedua").count() == 1
    assert secret not in ayu.page.content()


def is_worker_heard(house: House) -> bool:
    """Has the worker begun a job?"""
    with house.on_stage():
        return bool(heartbeats.all_beats())
