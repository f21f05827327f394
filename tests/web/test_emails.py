"""Writing an email from the ticket, and reading every message as it was sent, at the workbench."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from helpdesk.intake.submission import Wish
from helpdesk.lib import clock
from helpdesk.lib.database import unit_of_work
from helpdesk.messaging import postman
from helpdesk.messaging.outbox import messages_about
from helpdesk.registry.complainant import IdentifierKind
from helpdesk.registry.undeliverable import note_undeliverable
from helpdesk.tickets import keys
from helpdesk.tickets.canned_texts import CannedFacts, add_canned_text
from helpdesk.tickets.dispositions import UnitAnswer, submit_answer
from helpdesk.tickets.states import Access, Root
from helpdesk.tickets.undelivered import note_undelivered
from tests.messaging.post import set_up
from tests.support.cast import Cast
from tests.support.files import jpeg
from tests.support.smtp import PostOffice
from tests.tickets.steps import approve, dispose
from tests.web.workbench import act_url, open_act, person, send, tokenless

WATI = "wati@example.org"

pytestmark = pytest.mark.usefixtures("traveller")


@pytest.fixture
def office(cast: Cast) -> Iterator[PostOffice]:
    office = PostOffice().start()
    set_up(office)
    yield office
    office.stop()


@pytest.fixture
def number(cast: Cast) -> str:
    return cast.complain(whatsapp="", email=WATI).number


@pytest.fixture
def sari(app: Flask, cast: Cast) -> FlaskClient:
    return person(app, cast, "sari")


def canned(cast: Cast, name: str = "Salinan", language: str = "id") -> int:
    text = "Yth. {name}, untuk {number} kami perlu resep. {organisation}"
    facts = CannedFacts(name, language, text)
    return unit_of_work(lambda: add_canned_text(facts, by=cast.actor("ayu"))).id


def message_of(cast: Cast, number: str) -> int:
    about = messages_about("ticket", cast.ticket(number).id)
    return [one for one in about if one.recipient_kind == "complainant"][-1].id


def test_a_letter_with_a_file_and_a_copy_goes_out(
    cast: Cast, sari: FlaskClient, number: str, office: PostOffice
) -> None:
    url = act_url(number, "email")
    answer = send(
        sari,
        url,
        text="Mohon datang besok.",
        cc="anak@example.org; menantu@example.org",
        files=(io.BytesIO(jpeg()), "denah.jpg"),
    )
    assert answer.status_code == 302
    postman.deliver_due(clock.now())
    assert office.taken[-1].recipients == (WATI, "anak@example.org", "menantu@example.org")
    page = sari.get(f"/kerja/tiket/{number}").get_data(as_text=True)
    assert "Mohon datang besok." in page
    assert "anak@example.org, menantu@example.org" in page
    link = keys.link_token(cast.ticket(number))
    told = sari.get(f"/k/{link}", follow_redirects=True).get_data(as_text=True)
    assert "Mohon datang besok." in told
    assert "anak@example.org" not in told


def test_sent_twice_it_goes_once(cast: Cast, sari: FlaskClient, number: str) -> None:
    url = act_url(number, "email")
    form = open_act(sari, url) | {"text": "Mohon datang besok."}
    for _turn in range(2):
        assert sari.post(url, data=form).status_code == 302
    events = [one.event for one in messages_about("ticket", cast.ticket(number).id)]
    assert events.count("letter_from_staff") == 1


def test_what_is_wrong_is_said_beside_what_was_typed(
    cast: Cast, sari: FlaskClient, number: str
) -> None:
    answer = send(sari, act_url(number, "email"), text="Halo Ibu", cc="anak, bukan")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Halo Ibu" in page
    assert "anak, bukan" in page


def test_canned_texts_in_the_language_of_the_complainant(
    cast: Cast, sari: FlaskClient, number: str
) -> None:
    text_id = canned(cast)
    canned(cast, "Papers", "en")
    page = sari.get(act_url(number, "email")).get_data(as_text=True)
    assert "Salinan" in page
    assert "Papers" not in page
    filled = open_act(sari, f"{act_url(number, 'email')}?teks={text_id}")
    assert filled["text"] == [f"Yth. Wati, untuk {number} kami perlu resep. RSIA Contoh"]
    assert sari.get(f"{act_url(number, 'email')}?teks=999x").status_code == 200


def test_the_final_answer_is_offered_them_below_the_drafts(
    cast: Cast, sari: FlaskClient, number: str
) -> None:
    text_id = canned(cast)
    cast.triage(number)
    dispose(cast, number, "farmasi")
    draft = "Obat sudah ada."
    said = UnitAnswer(findings="Dipindahkan.", root_cause=Root.SUPPLY, draft_answer=draft)
    cast.act("budi", number, lambda t, by: submit_answer(t.dispositions[0], said, by=by))
    approve(cast, number)
    url = act_url(number, "jawaban-akhir")
    assert f"{url}?teks={text_id}" in sari.get(url).get_data(as_text=True)
    (filled,) = open_act(sari, f"{url}?teks={text_id}")["text"]
    words = f"Yth. Wati, untuk {number} kami perlu resep. RSIA Contoh"
    assert [line for line in filled.splitlines() if line] == [draft, words]


def test_nobody_is_named_who_did_not_wish_to_be(cast: Cast, sari: FlaskClient) -> None:
    text_id = canned(cast)
    number = cast.complain(whatsapp="", email=WATI, wish=Wish.CONFIDENTIAL).number
    filled = open_act(sari, f"{act_url(number, 'email')}?teks={text_id}")
    assert filled["text"][0].startswith("Yth. Bapak/Ibu,")


def test_of_a_confidential_case_there_is_no_copy(cast: Cast, sari: FlaskClient) -> None:
    number = cast.complain(whatsapp="", email=WATI, wish=Wish.CONFIDENTIAL).number
    cast.triage(number, access=Access.RESTRICTED, reader_ids=[cast.user_ids["sari"]])
    page = sari.get(act_url(number, "email")).get_data(as_text=True)
    assert 'name="cc"' not in page
    answer = send(sari, act_url(number, "email"), text="Halo", cc="anak@example.org")
    assert answer.status_code == 422


def test_a_dead_address_is_said_before_anybody_writes(
    cast: Cast, sari: FlaskClient, number: str
) -> None:
    said = "550 5.1.1 No such user"
    unit_of_work(lambda: note_undeliverable(IdentifierKind.EMAIL, WATI, said))
    assert said in sari.get(act_url(number, "email")).get_data(as_text=True)


def test_as_it_was_sent_without_the_key_in_it(
    cast: Cast, sari: FlaskClient, number: str, office: PostOffice
) -> None:
    send(sari, act_url(number, "email"), text="Mohon <b>datang</b> besok.")
    postman.deliver_due(clock.now())
    path = act_url(number, f"pesan/{message_of(cast, number)}")
    link = keys.link_of(cast.ticket(number))
    answer = sari.get(path)
    page = answer.get_data(as_text=True)
    assert WATI not in page  # in full only where asking for it is noted
    for shown in (
        "w•••@example.org",
        "250 2.0.0 Ok: queued as",
        "keluhan@rs.example.org",
        "&lt;b&gt;datang",
    ):
        assert shown in page, shown
    drawn = sari.get(f"{path}/html")
    html = drawn.get_data(as_text=True)
    assert "&lt;b&gt;datang" in html
    assert link not in page + html
    assert "sandbox" in drawn.headers["Content-Security-Policy"]
    written = office.taken[-1].read.get_body(("plain",))
    assert written is not None
    assert link in written.get_content()


def test_a_message_that_did_not_arrive_says_why(
    cast: Cast, sari: FlaskClient, number: str, office: PostOffice
) -> None:
    office.answers.recipients[WATI] = "550 5.1.1 No such user"
    postman.deliver_due(clock.now(), when_failed=note_undelivered)
    page = sari.get(f"/kerja/tiket/{number}").get_data(as_text=True)
    path = act_url(number, f"pesan/{message_of(cast, number)}")
    assert f'href="{path}"' in page
    assert "550 5.1.1 No such user" in page
    assert 'id="alamat-mati"' in page
    assert "550 5.1.1 No such user" in sari.get(path).get_data(as_text=True)
    assert sari.get(f"{path}/html").status_code == 404  # it never left


@pytest.mark.parametrize("who", ["budi", "hanifah", "joko", "ayu"])
def test_messages_are_for_customer_care(app: Flask, cast: Cast, number: str, who: str) -> None:
    client = person(app, cast, who)
    path = act_url(number, f"pesan/{message_of(cast, number)}")
    assert client.get(path).status_code in (403, 404)
    assert client.get(f"{path}/html").status_code in (403, 404)
    assert client.get(act_url(number, "email")).status_code in (403, 404)


def test_the_message_of_another_ticket_is_not_found(cast: Cast, sari: FlaskClient) -> None:
    one, other = (cast.complain(whatsapp="", email=WATI).number for _turn in range(2))
    path = act_url(one, f"pesan/{message_of(cast, other)}")
    assert sari.get(path).status_code == 404


def test_canned_texts_are_kept_by_administrators(app: Flask, cast: Cast) -> None:
    ayu = tokenless(app, cast, "ayu")
    fresh: dict[str, Any] = {"name": "Salinan", "language": "id", "text": "Yth. {name}"}
    assert ayu.post("/admin/teks/baru", data=fresh).status_code == 302
    assert "Salinan" in ayu.get("/admin/teks").get_data(as_text=True)
    assert ayu.post("/admin/teks/baru", data=fresh).status_code == 422  # the name is taken
    unknown = fresh | {"name": "Lain", "text": "Yth. {pasien}"}
    assert "{pasien}" in ayu.post("/admin/teks/baru", data=unknown).get_data(as_text=True)
    changed = fresh | {"text": "Halo {name}", "version": "1"}
    assert ayu.post("/admin/teks/1", data=changed).status_code == 302
    assert ayu.post("/admin/teks/1", data=changed).status_code == 422  # an old version
    assert ayu.post("/admin/teks/1/tutup").status_code == 302
    assert ayu.post("/admin/teks/1/buka").status_code == 302
    assert ayu.get("/admin/teks/9").status_code == 404
    trail = ayu.get("/admin/jejak-audit?perihal=canned_text").get_data(as_text=True)
    assert trail.count('<th scope="row">') == 4
