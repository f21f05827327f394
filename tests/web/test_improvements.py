"""An improvement from page to page: begun from a complaint, done, its effect looked at; shown where it belongs."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from helpdesk.improvements.improvement import Improvement
from helpdesk.lib import clock
from helpdesk.lib.database import db
from helpdesk.monitoring.facts import settle_days
from helpdesk.tickets import dispositions
from helpdesk.tickets.dispositions import UnitAnswer
from helpdesk.tickets.states import Access, Root
from tests.support.cast import Cast
from tests.tickets.steps import dispose, work_of
from tests.web.workbench import tokenless

CAUSE, ACTION = "Stok minimum belum memicu pesanan.", "Batas stok minimum dinaikkan."

pytestmark = pytest.mark.usefixtures("traveller")


@pytest.fixture
def number(cast: Cast) -> str:
    """A complaint in which the pharmacy wrote a root cause and what it does about it."""
    number = cast.complain().number
    cast.triage(number)
    dispose(cast, number, "farmasi")
    said = UnitAnswer(
        findings="Habis.", root_cause=Root.SUPPLY, root_cause_text=CAUSE, corrective_action=ACTION
    )
    cast.act("budi", number, lambda t, by: dispositions.submit_answer(work_of(t, by), said, by=by))
    return number


def page(client: FlaskClient, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, (url, answer.status_code)
    return unescape(answer.get_data(as_text=True))


def words(text: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def typed(text: str) -> dict[str, Any]:
    """The form as it stands on the page."""
    found = dict(re.findall(r'<input[^>]*name="(\w+)"[^>]*value="([^"]*)"', text))
    found["plan"] = re.findall(r"<textarea[^>]*>\s*(.*?)</textarea>", text, re.DOTALL)[0].strip()
    for name, options in re.findall(
        r'<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', text, re.DOTALL
    ):
        found[name] = next(iter(re.findall(r'<option selected value="(\d*)"', options)), "")
    return found


def begun(client: FlaskClient, number: str) -> str:
    """Begin one from the complaint, as it is proposed; its address."""
    url = f"/perbaikan/baru?tiket={number}"
    answer = client.post(url, data=typed(page(client, url)))
    assert answer.status_code == 302, words(answer.get_data(as_text=True))
    return answer.headers["Location"]


def test_from_a_complaint_to_an_effect(app: Flask, cast: Cast, number: str) -> None:
    ratih, lestari = tokenless(app, cast, "ratih"), tokenless(app, cast, "lestari")
    assert f"/perbaikan/untuk/{number}" in page(ratih, f"/kerja/tiket/{number}")
    proposed = typed(page(ratih, f"/perbaikan/baru?tiket={number}"))
    assert proposed["title"] == ACTION.rstrip(".")
    assert CAUSE in proposed["plan"]
    assert proposed["unit_id"] == proposed["about_unit_id"] == str(cast.unit_ids["farmasi"])
    one = begun(ratih, number)
    assert ACTION.rstrip(".") in page(lestari, f"/kerja/tiket/{number}")
    assert ACTION.rstrip(".") in page(lestari, "/perbaikan/")
    assert number in page(lestari, one)
    assert lestari.post(f"{one}/mulai").status_code == 302
    refused = lestari.post(
        f"{one}/selesai", data={"text": "", "done_on": "2026-11-20", "version": "2"}
    )
    assert refused.status_code == 422
    done = {"text": "Pemasok kedua.", "done_on": "2026-11-20", "version": "2"}
    assert lestari.post(f"{one}/selesai", data=done).status_code == 302
    settle_days(clock.now())
    seen = page(ratih, one)
    assert "selesai 20 Nov 2026" in seen
    assert "Sebelum selesai 1 pengaduan dalam 1 hari." in words(seen)
    judged = {"verdict": "no", "text": "Masih sama.", "version": "3"}
    assert ratih.post(f"{one}/hasil", data=judged).status_code == 302
    assert "Belum efektif" in page(lestari, f"{one}")
    assert "Belum efektif" in page(ratih, "/perbaikan/?keadaan=dinilai")


def test_the_same_form_sent_twice_begins_one(app: Flask, cast: Cast, number: str) -> None:
    sari, url = tokenless(app, cast, "sari"), f"/perbaikan/baru?tiket={number}"
    form = typed(page(sari, url))
    assert sari.post(url, data=form | {"due_on": "2026-11-01"}).status_code == 422
    for _time in range(2):
        assert sari.post(url, data=form).status_code == 302
    assert db.session.query(Improvement).count() == 1


def test_of_a_confidential_complaint_no_word_is_offered_or_shown(
    app: Flask, cast: Cast, number: str
) -> None:
    ratih = tokenless(app, cast, "ratih")
    secret = cast.complain("Dokter X memaki saya.", name="Tini", whatsapp="0812-3456-0199").number
    hidden = {"access": Access.RESTRICTED, "reader_ids": [cast.user_ids["ratih"]]}
    cast.triage(secret, title="Dokter memaki", **hidden)
    text = page(ratih, f"/perbaikan/baru?tiket={secret}")
    assert "Pengaduan ini rahasia" in words(text)
    assert typed(text)["plan"] == ""
    one = begun(ratih, number)
    assert ratih.post(f"{one}/tiket", data={"number": secret}).status_code == 302
    assert "Dokter memaki" in page(ratih, one)
    for name in ("lestari", "hanifah", "dimas"):
        read = page(tokenless(app, cast, name), one)
        assert secret not in read, name
        assert "Dokter memaki" not in read, name
    dimas = tokenless(app, cast, "dimas")
    asked = dimas.post(f"{one}/tiket", data={"number": secret}, follow_redirects=True)
    assert "Tidak ada pengaduan dengan nomor ini" in asked.get_data(as_text=True)
    assert dimas.get(f"/perbaikan/baru?tiket={secret}").status_code == 404


def test_only_people_of_units_that_can_be_chosen_are_offered_each_with_the_unit(
    app: Flask, cast: Cast, number: str
) -> None:
    lestari = tokenless(app, cast, "lestari")
    text = page(lestari, f"/perbaikan/baru?unit={cast.unit_ids['keuangan']}")
    assert "Budi Santoso (Farmasi)" in text
    assert "Tono Wijaya" not in text


def test_the_trail_says_in_words_what_became_of_a_plan(app: Flask, cast: Cast, number: str) -> None:
    ratih = tokenless(app, cast, "ratih")
    one = begun(ratih, number)
    form = typed(page(ratih, f"{one}/ubah")) | {"title": "Dua pemasok", "due_on": "2026-12-30"}
    assert ratih.post(f"{one}/ubah", data=form).status_code == 302
    assert "Batas digeser dari 20 Des 2026 ke 30 Des 2026" in words(page(ratih, one))
    trail = words(page(tokenless(app, cast, "ayu"), "/admin/jejak-audit"))
    assert "Paling lambat: 20 Des 2026 → 30 Des 2026" in trail
    assert "Nama: Batas stok minimum dinaikkan → Dua pemasok" in trail
    assert "ticket id" not in trail


def test_what_others_may_not(app: Flask, cast: Cast, number: str) -> None:
    one = begun(tokenless(app, cast, "ratih"), number)
    tono, budi, joko = (tokenless(app, cast, name) for name in ("tono", "budi", "joko"))
    assert tono.get(one).status_code == 404
    assert joko.get("/perbaikan/").status_code == 403
    assert budi.get("/perbaikan/baru").status_code == 403
    assert "Ubah rencana" not in page(budi, one)
    assert budi.post(f"{one}/mulai").status_code == 403
    assert budi.get(f"{one}/ubah").status_code == 403
    assert budi.post(f"{one}/tiket", data={"number": number}).status_code == 403


def test_the_overview_says_what_is_done_about_what_keeps_coming_back(
    app: Flask, cast: Cast, number: str
) -> None:
    again = cast.complain(name="Tini", whatsapp="0812-3456-0199").number
    cast.triage(again)
    dispose(cast, again, "farmasi")
    settle_days(clock.now())
    hanifah = tokenless(app, cast, "hanifah")
    pair = f"kategori={cast.category_ids['obat']}&unit={cast.unit_ids['farmasi']}"
    assert f"/perbaikan/baru?{pair}" in page(hanifah, "/pimpinan/")
    one = begun(hanifah, number)
    text = page(hanifah, "/pimpinan/")
    assert one in text
    assert f"/perbaikan/baru?{pair}" not in text


def test_the_slower_sees_both_texts(app: Flask, cast: Cast, number: str) -> None:
    ratih, lestari = tokenless(app, cast, "ratih"), tokenless(app, cast, "lestari")
    one = begun(ratih, number)
    form = typed(page(lestari, f"{one}/ubah"))
    assert ratih.post(f"{one}/ubah", data=form | {"title": "Dua pemasok"}).status_code == 302
    refused = lestari.post(f"{one}/ubah", data=form | {"title": "Tiga pemasok"})
    assert refused.status_code == 409
    assert {"Dua pemasok", "Tiga pemasok"} <= set(re.findall(r"\w+ pemasok", refused.text))
