"""Leave as people meet it: noted on one's own page, seen wherever work is given, ended early."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from flask import Flask

from helpdesk.accounts.leaves import enter_leave
from helpdesk.lib.database import unit_of_work
from helpdesk.messaging.outbox import messages_about
from tests.support.cast import Cast
from tests.tickets.steps import dispose
from tests.web.browsing import plain
from tests.web.workbench import act_url, form_in, open_act, person, send, tokenless

AT_TEN = "2026-11-20T03:00:00+00:00"
DAYS = {"first_on": "2026-11-20", "last_on": "2026-11-24"}


@pytest.fixture
def number(cast: Cast) -> str:
    """A complaint with which Budi of Farmasi is at work."""
    number = cast.complain().number
    cast.triage(number)
    dispose(cast, number, "farmasi", officer="budi")
    return number


def budi_is_away(cast: Cast, deputy: str = "") -> int:
    deputy_id = cast.user_ids[deputy] if deputy else None
    days = date(2026, 11, 20), date(2026, 11, 24)
    by = cast.actor("budi")
    return unit_of_work(lambda: enter_leave(cast.user_ids["budi"], *days, deputy_id, by=by).id)


@time_machine.travel(AT_TEN, tick=False)
def test_somebody_notes_a_leave_is_seen_to_be_away_and_comes_back_early(
    app: Flask, cast: Cast, number: str
) -> None:
    budi = tokenless(app, cast, "budi")
    lestari, ayu = (person(app, cast, name) for name in ("lestari", "ayu"))
    typed = {"first_on": "2026-11-19", "last_on": "2026-11-24", "deputy": cast.user_ids["lestari"]}
    refused = budi.post("/akun/cuti", data=typed)
    assert refused.status_code == 422
    assert "Tanggal ini sudah lewat" in refused.text
    assert 'value="2026-11-24"' in refused.text
    assert f'selected value="{cast.user_ids["lestari"]}"' in refused.text
    page = budi.post("/akun/cuti", data=typed | DAYS, follow_redirects=True)
    assert "digantikan apt. Lestari" in plain(page.text)
    assert "Anda menggantikan Budi Santoso s.d. 24 Nov 2026" in plain(lestari.get("/akun").text)
    said = "cuti s.d. 24 Nov 2026, digantikan apt. Lestari"
    tasks = plain(lestari.get(f"/kerja/unit/{cast.unit_ids['farmasi']}").text)
    assert f"Budi Santoso: {said}" in tasks
    assert "cuti · Budi Santoso" in tasks  # the task that lies with him
    for page_of in (
        lestari.get(f"/kerja/tiket/{number}"),
        person(app, cast, "sari").get(f"/kerja/tiket/{number}"),
        ayu.get("/admin/pengguna"),
    ):
        assert said in plain(page_of.text)
    trail = plain(ayu.get("/admin/jejak-audit").text)
    assert "mencatat cuti" in trail
    assert "Hari terakhir tidak masuk: 24 Nov 2026" in trail
    (path,) = {
        one
        for one in budi.get("/akun").text.split('"')
        if one.endswith("/akhiri") and "cuti" in one
    }
    budi.post(path)
    for page_of in (lestari.get(f"/kerja/tiket/{number}"), ayu.get("/admin/pengguna")):
        assert "cuti s.d." not in plain(page_of.text)


@time_machine.travel(AT_TEN, tick=False)
def test_a_deputy_is_told_and_told_again_when_they_need_not(app: Flask, cast: Cast) -> None:
    budi, lestari = tokenless(app, cast, "budi"), person(app, cast, "lestari")
    coming = {"first_on": "2026-11-23", "last_on": "2026-11-24"}
    budi.post("/akun/cuti", data=coming | {"deputy": cast.user_ids["lestari"]})
    mine = plain(lestari.get("/akun").text)
    assert "Mulai 23 Nov 2026 s.d. 24 Nov 2026 Anda menggantikan Budi Santoso" in mine
    (path,) = {one for one in budi.get("/akun").text.split('"') if "/cuti/" in one}
    budi.post(path)
    told = [
        (one.event, one.recipient_id, one.values["first_day"]) for one in messages_about("leave", 1)
    ]
    day, to = "Senin, 23 November 2026", cast.user_ids["lestari"]
    assert told == [("standing_in", to, day), ("standing_in_ended", to, day)]
    assert "menggantikan" not in plain(lestari.get("/akun").text)


@time_machine.travel(AT_TEN, tick=False)
def test_a_head_enters_it_for_who_is_ill_and_nobody_for_a_stranger(app: Flask, cast: Cast) -> None:
    lestari, tono = (person(app, cast, name) for name in ("lestari", "tono"))
    path = f"/akun/cuti/{cast.user_ids['budi']}"
    assert f'href="{path}"' in lestari.get("/akun/cuti").text
    assert "Cuti Budi Santoso" in plain(lestari.get(path).text)
    assert tono.get(path).status_code == 404
    app.config["WTF_CSRF_ENABLED"] = False
    assert tono.post(path, data=DAYS).status_code == 404
    assert lestari.post(path, data=DAYS).location == path


@time_machine.travel(AT_TEN, tick=False)
def test_work_is_given_to_who_is_away_only_knowingly(app: Flask, cast: Cast, number: str) -> None:
    budi_is_away(cast)
    budi = str(cast.user_ids["budi"])
    lestari, sari = (person(app, cast, name) for name in ("lestari", "sari"))
    url = act_url(number, "tugaskan", cast.ticket(number).dispositions[0].id)
    assert "Budi Santoso (cuti s.d. 24 Nov 2026)" in lestari.get(url).text
    refused = send(lestari, url, officer=budi)
    assert refused.status_code == 422
    assert "Budi Santoso cuti s.d. 24 Nov 2026." in refused.text
    knowingly = dict(form_in(refused)) | {"officer": budi, "is_sure": "y"}
    assert lestari.post(url, data=knowingly).status_code == 302
    other = cast.complain("Lantai licin di lobi.").number
    cast.triage(other)
    url, part = act_url(other, "disposisi"), f"u{cast.unit_ids['farmasi']}-"
    form = open_act(sari, url) | {f"{part}pick": "y", f"{part}officer": budi}
    assert "Budi Santoso cuti s.d. 24 Nov 2026." in sari.post(url, data=form).text
    assert sari.post(url, data=form | {f"{part}is_sure": "y"}).status_code == 302


@time_machine.travel(AT_TEN, tick=False)
def test_a_deputy_finds_the_buttons_of_the_head(app: Flask, cast: Cast, number: str) -> None:
    url = act_url(number, "tugaskan", cast.ticket(number).dispositions[0].id)
    budi = person(app, cast, "budi")
    assert budi.get(url).status_code == 403
    by, days = cast.actor("lestari"), (date(2026, 11, 20), date(2026, 11, 24))
    deputy_id = cast.user_ids["budi"]
    unit_of_work(lambda: enter_leave(cast.user_ids["lestari"], *days, deputy_id, by=by))
    assert url in budi.get(f"/kerja/tiket/{number}").text
    send(budi, url, officer=str(deputy_id))
    assert "Plh. Budi Santoso" in person(app, cast, "sari").get(f"/kerja/tiket/{number}").text


@time_machine.travel(AT_TEN, tick=False)
def test_whoever_sends_a_deputy_on_leave_learns_who_is_left_without_one(
    app: Flask, cast: Cast
) -> None:
    budi_is_away(cast, "lestari")
    lestari = tokenless(app, cast, "lestari")
    alone = "Selama apt. Lestari cuti, tidak ada yang menggantikan Budi Santoso."
    for first, last, is_said in (("25", "26", False), ("24", "24", True)):
        days = {"first_on": f"2026-11-{first}", "last_on": f"2026-11-{last}"}
        page = lestari.post("/akun/cuti", data=days, follow_redirects=True)
        assert (alone in plain(page.text)) is is_said
