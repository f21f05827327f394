"""Whole stories of complaints, lived in the browser: the stranger's, the unit's, the leader's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Route, expect
from sqlalchemy import func, select

from helpdesk.lib import clock
from helpdesk.lib.database import db
from helpdesk.messaging.outbox import messages_about
from helpdesk.tickets import answering, dispositions
from helpdesk.tickets.dispositions import Instruction
from helpdesk.tickets.number import format_number
from helpdesk.tickets.states import Grade
from helpdesk.tickets.ticket import Ticket
from tests.browser.conftest import House
from tests.support.browser import PHONE, NewContext
from tests.support.cast import Cast
from tests.support.screens import Complainant, Member, photo

TEXT = "Obat sirup habis, disuruh beli di luar. Anak saya demam sejak kemarin."
SignIn = Callable[..., Member]


@pytest.fixture
def wati(new_context: NewContext) -> Complainant:
    """A stranger with a small telephone on which scripts do not run."""
    return Complainant(new_context(size=PHONE, scripts=False).new_page())


@pytest.fixture
def neighbour(new_context: NewContext) -> Complainant:
    """Another telephone, which knows nothing of the first."""
    return Complainant(new_context(size=PHONE).new_page())


def answer_at_once(house: House, number: str, text: str) -> None:
    """Customer care answers without a unit, in the domain."""
    with house.on_stage() as cast:
        cast.act("sari", number, lambda t, by: answering.answer_ticket(t, text, by=by))


def tickets_with(house: House, text: str) -> int:
    with house.on_stage():
        count = select(func.count()).select_from(Ticket).where(Ticket.text == text)
        return db.session.scalar(count) or 0


def test_a_stranger_is_heard_asked_answered_not_satisfied_and_heard_again(
    house: House, wati: Complainant, neighbour: Complainant, member: SignIn
) -> None:
    wati.open("/")
    wati.press(".board a[href='/keluhan']")
    wati.fill(text=TEXT, whatsapp="0812-3456-0172", name="Wati", consent=True)
    wati.fill(place_id=house.cast.place_ids["farmasi"], files=[photo("rak-kosong.jpg")])
    wati.press()
    number, pin = wati.receipt()
    assert wati.page.locator(".qr svg").is_visible()
    assert wati.shows("paling lambat")
    paper = wati.page.request.get("/keluhan/tanda-terima.pdf")
    assert (paper.headers["content-type"], paper.body()[:5]) == ("application/pdf", b"%PDF-")

    sloppy = number.lower().replace("-", " ")
    neighbour.track(sloppy, f" {pin[:3]} {pin[3:]}")
    assert neighbour.path == f"/lacak/keluhan/{number}"
    assert neighbour.shows(TEXT)

    sari = member("sari")
    sari.triage(number, "kuning", "Obat dan farmasi → Farmasi")
    sari.ask(number, "Resep dari dokter siapa?")

    wati.track(number, pin)
    assert wati.shows("Resep dari dokter siapa?")
    wati.send("jawab", text="dr. Rina, poli anak.")
    assert wati.page.locator('form[action*="/jawab"]').count() == 0, (
        "answered, it is not asked again"
    )
    sari.open_ticket(number)
    assert sari.shows("dr. Rina, poli anak.")

    answer_at_once(house, number, "Obat sudah tersedia di loket 3.")
    wati.open(f"/lacak/keluhan/{number}")
    assert wati.shows("Obat sudah tersedia di loket 3.")
    wati.send("belum", text="Loket 3 bilang masih habis.")
    sari.open_ticket(number)
    assert sari.shows("Loket 3 bilang masih habis.")
    assert sari.page.locator(".thead").get_by_text("dibuka kembali").is_visible()

    answer_at_once(house, number, "Maaf. Obat kami antar ke rumah sore ini.")
    wati.open(f"/lacak/keluhan/{number}")
    wati.send("selesai")
    wati.rate(4, "Akhirnya.")
    with house.on_stage() as cast:
        ticket = cast.ticket(number)
        assert (ticket.status, ticket.closing, ticket.reopenings) == ("closed", "confirmed", 1)


def test_a_double_click_is_one_complaint(house: House, wati: Complainant) -> None:
    wati.open("/keluhan")
    wati.fill(text="Lift mati, nenek saya naik tangga.", consent=True)
    # no navigation is waited for: the second click breaks off the one that the first began
    wati.page.locator("main form .btn-main[type=submit]").dblclick()
    assert all(wati.receipt())
    assert tickets_with(house, "Lift mati, nenek saya naik tangga.") == 1


def test_an_answer_lost_on_the_way_costs_no_second_number(house: House, wati: Complainant) -> None:
    text = "Kursi roda di lobi rusak."
    lost: list[str] = []

    def lose_the_answer(route: Route) -> None:
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch(max_redirects=0).headers["location"])
            route.fulfill(status=204)  # the browser stays where it is, as if nothing had come
        else:
            route.continue_()

    wati.open("/keluhan")
    wati.fill(text=text, files=[photo()], consent=True)
    wati.page.route("**/keluhan", lose_the_answer)
    with wati.page.expect_response("**/keluhan"):
        wati.page.locator("main form .btn-main[type=submit]").click()
    wati.press()
    assert wati.receipt()
    assert len(lost) == tickets_with(house, text) == 1


def test_nonsense_is_answered_with_what_to_do(wati: Complainant) -> None:
    wati.open("/keluhan")
    wati.fill(whatsapp="besok saja", files=[{**photo("virus.jpg"), "buffer": b"MZ" + b"\0" * 200}])
    wati.press()
    summary = wati.page.locator(".summary")
    expect(summary).to_be_visible()
    assert wati.page.locator("main [name=whatsapp]").input_value() == "besok saja"
    summary.locator("a").first.click()
    wati.fill(text="Toilet lantai 1 bau.", whatsapp="", consent=True, files=[])
    wati.press()
    number, _pin = wati.receipt()

    wati.track("entah berapa", "123456")
    assert wati.page.locator("#number-err").is_visible()
    said = []
    for claimed in (number, format_number("KLH", clock.now().year, 99_999)):
        wati.page.context.clear_cookies()
        wati.track(claimed, "000000")
        said.append(wati.page.locator(".summary").inner_text())
    assert said[0] == said[1], "whether a number exists is nobody's business"
    assert wati.open("/k/omong-kosong").status == 404
    assert wati.open(f"/lacak/keluhan/{number}").url.endswith(f"/lacak?nomor={number}")


def test_a_confidential_complaint_never_reaches_the_unit_it_is_about(
    wati: Complainant, member: SignIn, house: House
) -> None:
    text = "Kasir meminta uang di luar tarif."
    number, _pin = wati.complain(text, wish="rahasia", name="Wati", whatsapp="081234560172")
    sari, tono, budi = member("sari"), member("tono"), member("budi")
    sari.open_ticket(number)
    sari.press(".nextact .btn-main")
    sari.page.locator("[name=category_id]").select_option(index=1)
    sari.fill(grade="kuning", access="restricted", identity="withheld")
    sari.page.locator("#reported_units").get_by_label("Keuangan", exact=True).check()
    sari.press("button[name=next][value=dispose]")
    assert "Keuangan" not in sari.page.locator("ul.units").inner_text()
    sari.dispose(["Farmasi"], officer="Budi Santoso")

    assert number not in tono.listed("semua")
    assert tono.open(f"/kerja/tiket/{number}").status == 404
    tono.open("/kerja/cari?cari=Kasir")
    assert not tono.shows(text)
    assert member("dimas").status_of(f"/kerja/tiket/{number}") == 404
    assert member("hanifah").status_of(f"/kerja/tiket/{number}") == 404

    assert number in budi.listed("semua")
    budi.open_ticket(number)
    assert budi.shows(text)
    assert not budi.shows("Wati")


def test_of_an_anonymous_complainant_nobody_learns_a_name(
    wati: Complainant, member: SignIn, house: House
) -> None:
    number, pin = wati.complain(
        "Ada yang minta uang.", wish="anonim", name="Wati Rahayu", whatsapp="081234560172"
    )
    assert wati.shows("Anda anonim")
    sari = member("sari")
    sari.open_ticket(number)
    assert not sari.shows("Wati")
    wati.track(number, pin)
    assert wati.shows("Ada yang minta uang.")
    with house.on_stage() as cast:
        assert cast.ticket(number).complainant_id is None


def test_two_units_work_side_by_side_and_one_sends_it_back(
    member: SignIn, wati: Complainant
) -> None:
    number, pin = wati.complain("Obat ditagih dua kali, dan etiketnya salah.")
    sari, budi, tono = member("sari"), member("budi"), member("tono")
    sari.triage(number, "kuning", "Obat dan farmasi → Farmasi")
    sari.dispose(["Farmasi", "Keuangan"], note="Periksa bersama.")
    tono.send_back(number, "Nomor kuitansi tidak ada.")
    assert tono.status_of(f"/kerja/tiket/{number}") == 404
    budi.accept(number)
    budi.submit(number, "Etiket diganti.", "Etiket sudah kami ganti.")

    assert number in sari.listed("dikembalikan")
    sari.open_act(number, "disposisi")
    sari.dispose(["Keuangan"], note="Kuitansi 2026/11/0412.")
    tono.accept(number)
    assert tono.shows("Kuitansi 2026/11/0412.")
    tono.submit(number, "Selisih dikembalikan.", "Uang Anda sudah kami kembalikan.")

    sari.approve(number)
    sari.approve(number)
    sari.answer(number)
    wati.track(number, pin)
    assert wati.shows("Etiket sudah kami ganti.")
    assert wati.shows("Uang Anda sudah kami kembalikan.")


def test_a_broken_promise_stands_on_the_first_page_of_leadership(
    house: House, member: SignIn
) -> None:
    with house.on_stage(ago=timedelta(days=3)) as cast:
        number = cast.complain("Salah obat, anak saya muntah.").number
        cast.triage(number, Grade.RED)
        send_to(cast, number, "farmasi")
    house.sweep()
    hanifah = member("hanifah", size=PHONE)
    hanifah.open("/pimpinan/")
    late = hanifah.page.locator(".lates")
    expect(late).to_contain_text("Salah obat")
    expect(late).to_contain_text("Farmasi")
    hanifah.press(hanifah.page.locator("#tl a"))
    hanifah.press(hanifah.page.get_by_role("link", name="Salah obat"))
    assert hanifah.path == f"/kerja/tiket/{number}"
    with house.on_stage() as cast:
        told = {(m.event, m.recipient_id) for m in messages_about("ticket", cast.ticket(number).id)}
        assert ("escalated", cast.user_ids["hanifah"]) in told


def send_to(cast: Cast, number: str, *units: str) -> None:
    """Customer care sends it to units, in the domain."""
    orders = [Instruction(unit_id=cast.unit_ids[unit]) for unit in units]
    cast.act("sari", number, lambda t, by: dispositions.dispose_ticket(t, orders, by=by))


def test_silence_is_taken_as_solved_and_can_still_be_contradicted(
    house: House, wati: Complainant
) -> None:
    with house.on_stage(ago=timedelta(days=20)) as cast:
        admitted = cast.complain("Antrean dilewati dua kali.")
        number, pin = admitted.number, admitted.pin
        cast.triage(number, Grade.GREEN)
        cast.act("sari", number, lambda t, by: answering.answer_ticket(t, "Maaf.", by=by))
    house.sweep()
    wati.track(number, pin)
    assert wati.shows("Ditutup")
    with house.on_stage() as cast:
        assert cast.ticket(number).closing == "assumed"


def test_the_whole_way_in_english(house: House, neighbour: Complainant, member: SignIn) -> None:
    neighbour.open("/")
    neighbour.press(".tools a[hreflang=en]")
    assert neighbour.page.locator("html").get_attribute("lang") == "en"
    number, _pin = neighbour.complain("The lift is broken.", email="wati@example.com")
    assert neighbour.shows("We received your complaint")
    with house.on_stage() as cast:
        [received] = messages_about("ticket", cast.ticket(number).id)[:1]
        assert received.language == "en"
    sari = member("sari", locale="en-GB")
    sari.open_ticket(number)
    assert sari.page.locator("html").get_attribute("lang") == "id", "as her account says"
