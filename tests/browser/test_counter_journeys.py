"""What happens at the edges: the box, the poster, the second who says the same, the link that was lost, the papers."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from helpdesk.accounts.organisation import Organisation
from helpdesk.lib.database import db, unit_of_work
from helpdesk.messaging.outbox import messages_about
from helpdesk.messaging.templates import render_message
from helpdesk.tickets import answering
from helpdesk.tickets.follow_ups import record_follow_up
from helpdesk.tickets.states import Grade
from tests.browser.conftest import House
from tests.support.browser import PHONE, NewContext
from tests.support.cast import Cast
from tests.support.files import words_on
from tests.support.processes import wait_until
from tests.support.screens import Complainant, Member

SignIn = Callable[..., Member]
SAID = "Obat sirup racikan anak habis, kami disuruh beli di luar."
AGAIN = "Sirup racikan untuk anak kehabisan, disuruh membeli di apotek luar."


@pytest.fixture(scope="module", autouse=True)
def _letterhead_and_openness(house: House) -> None:
    def unit() -> None:
        here = db.session.get_one(Organisation, 1)
        here.letter_code, here.letter_initials = "HM.02", "RSIA-C"
        here.signatory_name, here.signatory_title = "dr. Hanifah", "Direktur"
        here.shows_figures = True

    with house.live.app.app_context():
        unit_of_work(unit)


@pytest.fixture
def visitor(new_context: NewContext) -> Callable[[], Complainant]:
    """Somebody new with a telephone."""
    return lambda: Complainant(new_context(size=PHONE).new_page())


def answered(house: House, text: str) -> tuple[str, str]:
    """A complaint that customer care answered without a unit; its number and PIN."""
    with house.on_stage(ago=timedelta(minutes=50)) as cast:
        admitted = cast.complain(text)
        cast.triage(admitted.number, Grade.GREEN)
        finish(cast, admitted.number)
    return admitted.number, admitted.pin


def finish(cast: Cast, number: str) -> None:
    """Follow up and answer, in the domain."""
    cast.act("sari", number, lambda t, by: record_follow_up(t, "Stok ditambah.", by=by))
    cast.act("sari", number, lambda t, by: answering.answer_ticket(t, "Obat kini ada.", by=by))


def test_the_slips_of_a_box_become_tickets_and_the_doubtful_one_waits(member: SignIn) -> None:
    joko = member("joko")
    joko.open("/akun/beranda")
    joko.follow("Catat keluhan")
    joko.follow("Isi kotak saran")
    joko.fill(
        **{
            "box": "Lobi utama",
            "slips-0-text": "Kamar mandi lantai 2 bau.",
            "slips-1-text": "Suster ruang Melati ramah sekali.",
            "slips-1-kind": "praise",
            "slips-2-text": "Parkir motor penuh.",
            "slips-2-phone": "12",
        }
    )
    joko.push("Catat semuanya")
    assert joko.page.locator(".saved-slips li").count() == 2
    assert joko.page.locator("main [name$='-text']").first.input_value() == "Parkir motor penuh."
    joko.page.locator("main [name$='-phone']").first.fill("0812 3456 0172")
    joko.push("Catat semuanya")
    [number] = joko.page.locator(".saved-slips li").all_inner_texts()
    joko.follow(number)
    assert joko.shows("Parkir motor penuh.")


def test_two_who_say_the_same_are_joined_and_both_find_their_way(
    house: House, member: SignIn, visitor: Callable[[], Complainant]
) -> None:
    lost, rina, sari = visitor(), visitor(), member("sari")
    leading, _pin = visitor().complain(SAID, name="Wati", whatsapp="0812-3456-0172")
    lost.open("/lacak")
    lost.follow("Lupa PIN")
    lost.fill(number=leading.lower(), contact="+62 812 3456 0172")
    lost.push("Kirimkan tautannya")
    assert lost.shows("Terima kasih")

    sari.open("/kerja")
    sari.follow("Catat keluhan")
    sari.fill(text=AGAIN, name="Rina Marlina", phone="0813-9999-0001")
    expect(sari.page.locator("[data-likely]")).to_contain_text(leading)
    sari.push("Catat dan beri nomor")
    following = sari.page.locator(".ticketnum").inner_text()
    pin = sari.page.locator(".pin").inner_text()
    sari.follow("Struk 80 mm")
    (roll,) = PdfReader(io.BytesIO(sari.paper("Cetak tanda terima"))).pages
    assert round(float(roll.mediabox.width) / 72 * 25.4) == 80
    assert following in " ".join(roll.extract_text().split())

    sari.follow("Buka keluhan")
    sari.follow("Bandingkan, lalu gabungkan")
    assert sari.shows(SAID)
    assert sari.shows(AGAIN)
    sari.fill(reason="Hal dan hari yang sama.")
    sari.push(f"Gabungkan {following} ke {leading}")
    assert sari.path == f"/kerja/tiket/{leading}"
    assert sari.shows(following)

    rina.track(following, pin)
    assert rina.shows(following)
    assert rina.shows("Sirup racikan untuk anak kehabisan")
    assert not rina.shows(SAID), "what the other said is the other's"

    wait_until(lambda: bool(links_sent(house, leading)))
    lost.open(links_sent(house, leading)[-1])
    assert lost.path == f"/lacak/keluhan/{leading}"
    assert lost.shows(SAID)


def links_sent(house: House, number: str) -> list[str]:
    """The links that were sent again because somebody asked for them."""
    with house.on_stage() as cast:
        sent = messages_about("ticket", cast.ticket(number).id)
        again = [render_message(one).body for one in sent if one.event == "link_again"]
    return [link for body in again for link in re.findall(r"http\S+/k/\S+", body)]


def test_a_poster_leads_to_the_form_of_its_place_in_letters_that_can_be_read(
    house: House, member: SignIn, visitor: Callable[[], Complainant]
) -> None:
    sari, wati = member("sari"), visitor()
    sari.open("/kerja")
    sari.page.locator("summary.me").click()
    sari.follow("Poster QR")
    sari.page.get_by_label("Farmasi rawat jalan").check()
    _name, poster = sari.download("Buat poster")
    printed = words_on(poster)
    assert "Farmasi rawat jalan" in printed
    [short] = re.findall(r"\S+(/t/\w+)", printed)

    wati.open(short)
    chosen = wati.page.locator("main [name=place_id] option:checked")
    assert chosen.inner_text() == "Farmasi rawat jalan"
    before = height_of_a_line(wati)
    wati.press(wati.page.locator(".tools [formaction]").first)
    assert height_of_a_line(wati) > before
    assert chosen.inner_text() == "Farmasi rawat jalan", "larger letters lose nothing"
    wati.fill(text="Loket tidak terbaca.", consent=True)
    wati.press()
    number, _pin = wati.receipt()
    assert not wati.is_too_wide

    with house.on_stage() as cast:
        cast.triage(number, Grade.GREEN)
        finish(cast, number)
    wati.follow("Lihat perkembangan")
    wati.send("selesai")
    wati.rate(5, "Cepat.")
    assert height_of_a_line(wati) > before, "still large"
    wati.follow("Bagaimana kami menepati janji")
    assert wati.shows("Cara kami menghitung")


def height_of_a_line(screen: Complainant) -> float:
    """How tall the letters of the page are, in pixels."""
    return float(
        screen.page.locator("main p").first.evaluate(
            "p => parseFloat(getComputedStyle(p).fontSize)"
        )
    )


def test_the_answer_goes_out_as_a_letter_and_the_case_into_a_file(
    house: House, member: SignIn, visitor: Callable[[], Complainant]
) -> None:
    number, pin = answered(house, "Etiket sirup salah.")
    sari, wati = member("sari"), visitor()
    sari.open_act(number, "surat")
    assert sari.page.locator("main [name=body]").input_value() == "Obat kini ada."
    sari.fill(body="Etiket sudah kami ganti. Mohon maaf.")
    sari.push("Terbitkan surat")
    letter = sari.page.locator("#surat a").first.inner_text()
    assert re.fullmatch(r"0001/HM\.02/RSIA-C/[IVX]+/\d{4}", letter)
    said = words_on(sari.paper(letter))
    for words in (letter, "Etiket sudah kami ganti.", "dr. Hanifah", "Ombudsman"):
        assert words in said, words

    wati.track(number, pin)
    assert "Etiket sudah kami ganti." in words_on(wati.paper("Surat jawaban"))

    sari.open_act(number, "berkas-kasus")
    name, case = sari.download("Buat berkas kasus")
    assert name.endswith(".pdf")
    written = words_on(case)
    for words in (number, "Etiket sirup salah.", letter):
        assert words in written, words
