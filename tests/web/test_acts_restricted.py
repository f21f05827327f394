"""Confidential cases: who may open them, who works on them, who never learns of them."""

from __future__ import annotations

import pytest
from flask import Flask

from helpdesk.audit.search import Search, find_entries
from helpdesk.intake.submission import Wish
from helpdesk.tickets.circle import circle_of
from tests.support.cast import Cast
from tests.web.workbench import act_url, form_in, open_act, person, send, tokenless

READS = Search(act="read_restricted")


def _triaged(app: Flask, cast: Cast, **choices: object) -> str:
    """A confidential complaint, graded by Sari as one for named readers."""
    number = cast.complain("Petugas loket minta uang.", wish=Wish.CONFIDENTIAL).number
    sari, url = person(app, cast, "sari"), act_url(number, "verifikasi")
    form = open_act(sari, url)
    assert form["access"] == ["restricted"], "restricted until triage decides"
    assert form["identity"] == ["withheld"]
    form |= {"grade": "merah", "category_id": str(cast.category_ids["obat"]), **choices}
    assert sari.post(url, data=form).status_code == 302
    return number


def test_only_named_readers_open_it_after_triage(app: Flask, cast: Cast) -> None:
    number = _triaged(app, cast, readers=[str(cast.user_ids["ratih"])])
    url = act_url(number, "catatan")
    codes = {
        name: person(app, cast, name).get(url).status_code
        for name in ("sari", "ratih", "dimas", "hanifah", "ayu", "budi")
    }
    assert codes == {
        "sari": 200, "ratih": 200, "dimas": 404, "hanifah": 404, "ayu": 404, "budi": 404,
    }  # fmt: skip


def test_reading_it_is_noted_before_the_page_is_sent(app: Flask, cast: Cast) -> None:
    number = _triaged(app, cast)
    ticket_id = cast.ticket(number).id
    before = len(find_entries(READS))
    person(app, cast, "sari").get(act_url(number, "disposisi"))
    noted = find_entries(READS)
    assert len(noted) == before + 1
    assert (noted[0].subject_id, noted[0].actor_id) == (ticket_id, cast.user_ids["sari"])


@pytest.mark.parametrize("act", ["verifikasi", "balasan-sementara"])
def test_an_empty_form_does_not_open_it_unseen(app: Flask, cast: Cast, act: str) -> None:
    """Whoever sends a form without opening its page is shown the complaint too, by the page that refuses."""
    words = "Petugas loket minta uang."
    number = cast.complain(words, wish=Wish.CONFIDENTIAL).number
    sari = tokenless(app, cast, "sari")
    refused = sari.post(act_url(number, act))
    assert refused.status_code in (409, 422)
    assert words in refused.get_data(as_text=True)
    noted = find_entries(READS)
    assert [(e.subject_id, e.actor_id) for e in noted] == [
        (cast.ticket(number).id, cast.user_ids["sari"])
    ]


def test_it_goes_to_a_named_officer_who_then_may_read_it(app: Flask, cast: Cast) -> None:
    number = _triaged(app, cast)
    sari, url = person(app, cast, "sari"), act_url(number, "disposisi")
    farmasi = cast.unit_ids["farmasi"]
    form = open_act(sari, url)
    refused = sari.post(url, data=form)
    assert refused.status_code == 422, "not to a whole unit"
    form = form_in(refused) | {f"u{farmasi}-officer": str(cast.user_ids["budi"])}
    assert sari.post(url, data=form).status_code == 302
    work_id = cast.ticket(number).dispositions[0].id
    accept = act_url(number, "terima", work_id)
    assert person(app, cast, "budi").get(accept).status_code == 200
    assert person(app, cast, "lestari").get(accept).status_code == 404, "position is not enough"
    assert "Wati" not in person(app, cast, "budi").get(accept).get_data(as_text=True)


def test_whom_it_is_about_is_not_offered_and_never_sees_it(app: Flask, cast: Cast) -> None:
    budi, keuangan = cast.user_ids["budi"], cast.unit_ids["keuangan"]
    number = _triaged(app, cast, reported_people=[str(budi)], reported_units=[str(keuangan)])
    page = person(app, cast, "sari").get(act_url(number, "disposisi")).get_data(as_text=True)
    assert f'name="u{keuangan}-pick"' not in page
    assert f'<option value="{budi}"' not in page
    farmasi = cast.unit_ids["farmasi"]
    forged = {f"u{farmasi}-pick": "y", f"u{farmasi}-officer": str(budi)}
    answer = send(person(app, cast, "sari"), act_url(number, "disposisi"), **forged)
    assert answer.status_code == 422
    assert cast.ticket(number).dispositions == []


def test_a_reader_can_be_taken_out_again(app: Flask, cast: Cast) -> None:
    ratih = cast.user_ids["ratih"]
    number = _triaged(app, cast, readers=[str(ratih)])
    sari, url = person(app, cast, "sari"), act_url(number, "kerahasiaan")
    form = open_act(sari, url)
    assert set(form["readers"]) == {str(ratih), str(cast.user_ids["sari"])}
    assert sari.post(url, data=form | {"readers": []}).status_code == 302
    assert circle_of(cast.ticket(number)).reader_ids == {cast.user_ids["sari"]}
    assert person(app, cast, "ratih").get(url).status_code == 404


def test_the_units_copy_is_what_units_read(app: Flask, cast: Cast) -> None:
    number = cast.complain(
        "Perawat Rina membentak saya, 0812-3456-0172.", remedy="Rina minta maaf."
    ).number
    sari = person(app, cast, "sari")
    answer = send(
        sari,
        act_url(number, "verifikasi"),
        grade="hijau",
        category_id=str(cast.category_ids["obat"]),
        unit_text="Perawat [nama] membentak saya.",
    )
    assert answer.status_code == 302
    send(sari, act_url(number, "disposisi"))
    work_id = cast.ticket(number).dispositions[0].id
    page = person(app, cast, "budi").get(act_url(number, "terima", work_id)).get_data(as_text=True)
    assert "Perawat [nama] membentak saya." in page
    assert "Rina" not in page
    send(sari, act_url(number, "salinan-unit"), unit_text="Salinan kedua.")
    page = person(app, cast, "budi").get(act_url(number, "terima", work_id)).get_data(as_text=True)
    assert "Salinan kedua." in page
    assert cast.ticket(number).text == "Perawat Rina membentak saya, 0812-3456-0172."
