"""Views under a name of one's own, and who else has a ticket open."""

from __future__ import annotations

from datetime import timedelta

import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from helpdesk.accounts.roles import Role
from helpdesk.accounts.user import Grant
from helpdesk.lib.database import db, unit_of_work
from helpdesk.tickets.saved_views import SavedView
from tests.support.cast import Cast
from tests.tickets.steps import FRIDAY, dispose
from tests.web.workbench import tokenless


def test_a_list_with_its_filters_is_kept_under_a_name(app: Flask, cast: Cast) -> None:
    sari = tokenless(app, cast, "sari")
    page = sari.get("/kerja?grading=merah&kanal=phone").get_data(True)
    assert "Simpan saringan ini" in page
    address = "/kerja/tampilan?meja=care&grading=merah&kanal=phone&sesudah=9"
    sari.post(address, data={"name": "  Merah   lewat telepon "})
    page = sari.get("/kerja").get_data(True)
    assert "Merah lewat telepon" in page
    assert "/kerja?grading=merah&amp;kanal=phone" in page
    assert "Merah lewat telepon" not in tokenless(app, cast, "dimas").get("/kerja").get_data(True)


def test_the_same_name_again_takes_the_place_of_the_old(app: Flask, cast: Cast) -> None:
    sari = tokenless(app, cast, "sari")
    for grade in ("merah", "hijau"):
        sari.post(f"/kerja/tampilan?meja=care&grading={grade}", data={"name": "Hari ini"})
    page = sari.get("/kerja").get_data(True)
    assert page.count("Hari ini</a>") == 1
    assert "grading=hijau" in page


def act_on(name: str, act: str) -> str:
    """Where *act* is done to the view of that name."""
    view_id = db.session.scalars(select(SavedView.id).where(SavedView.name == name)).one()
    return f"/kerja/tampilan/{view_id}/{act}"


def test_nobody_removes_the_view_of_somebody_else(app: Flask, cast: Cast) -> None:
    tokenless(app, cast, "sari").post("/kerja/tampilan?meja=care&grading=merah", data={"name": "A"})
    address = act_on("A", "hapus")
    assert tokenless(app, cast, "dimas").post(address).status_code == 404
    assert tokenless(app, cast, "sari").post(address).status_code == 302
    assert "own-views" not in tokenless(app, cast, "sari").get("/kerja").get_data(True)


def menu(client: FlaskClient) -> str:
    """The views under names of their own that somebody is offered."""
    page = client.get("/kerja").get_data(True)
    return page.partition('<ul class="own-views">')[2].partition("</ul>")[0]


def test_a_supervisor_shares_a_view_with_the_desk_until_they_stop(app: Flask, cast: Cast) -> None:
    ratih, dimas = tokenless(app, cast, "ratih"), tokenless(app, cast, "dimas")
    ratih.post("/kerja/tampilan?meja=care&grading=merah", data={"name": "Rapat pagi"})
    assert "Rapat pagi" not in menu(dimas)
    ratih.post(act_on("Rapat pagi", "bersama"), data={"shared": "1"})
    assert "/kerja?grading=merah" in menu(dimas)
    assert "bersama" in menu(dimas)
    assert "<form" not in menu(dimas), "nothing of it is theirs to change"
    for act in ("bersama", "hapus"):
        assert dimas.post(act_on("Rapat pagi", act)).status_code == 404
    dimas.post("/kerja/tampilan?meja=care&grading=hijau", data={"name": "Punya saya"})
    assert dimas.post(act_on("Punya saya", "bersama"), data={"shared": "1"}).status_code == 404
    for name in ("lestari", "joko", "hanifah"):
        assert "Rapat pagi" not in menu(tokenless(app, cast, name)), name
    ratih.post(act_on("Rapat pagi", "bersama"), data={"shared": ""})
    assert "Rapat pagi" in menu(ratih)
    assert "Rapat pagi" not in menu(dimas)


def test_a_head_shares_with_their_unit_while_they_head_it(app: Flask, cast: Cast) -> None:
    mine, others = (cast.complain(f"Obat {one} habis.").number for one in "ab")
    for number, officer in ((mine, "budi"), (others, "lestari")):
        cast.triage(number)
        dispose(cast, number, "farmasi", officer=officer)
    unit = f"unit-{cast.unit_ids['farmasi']}"
    lestari, budi = tokenless(app, cast, "lestari"), tokenless(app, cast, "budi")
    lestari.post(f"/kerja/tampilan?meja={unit}&kanal=web", data={"name": "Dari web"})
    lestari.post(act_on("Dari web", "bersama"), data={"shared": "1"})
    address = f"/kerja/unit/{cast.unit_ids['farmasi']}?kanal=web"
    assert address in menu(budi)
    assert "Dari web" not in menu(tokenless(app, cast, "tono"))
    page = budi.get(address).get_data(True)
    assert (mine in page, others in page) == (True, False), "their own rights decide"
    as_officer = {"role": Role.UNIT_OFFICER.value}
    of_lestari = update(Grant).where(Grant.user_id == cast.user_ids["lestari"])
    unit_of_work(lambda: db.session.execute(of_lestari.values(**as_officer)))
    assert "Dari web" not in menu(budi)


def test_a_view_without_a_name_is_refused_with_a_sentence(app: Flask, cast: Cast) -> None:
    sari = tokenless(app, cast, "sari")
    sari.post("/kerja/tampilan?meja=care&grading=merah", data={"name": " "})
    assert "paling panjang 40" in sari.get("/kerja").get_data(True)


def test_two_who_open_the_same_ticket_learn_of_each_other(app: Flask, cast: Cast) -> None:
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        here = f"/kerja/tiket/{cast.complain().number}/di-sini?since=0"
        assert tokenless(app, cast, "sari").post(here).get_data(True).strip() == ""
        assert "Sari Dewi" in tokenless(app, cast, "dimas").post(here).get_data(True)
        assert "Dimas Putra" in tokenless(app, cast, "sari").post(here).get_data(True)
        traveller.shift(timedelta(seconds=51))
        assert tokenless(app, cast, "sari").post(here).get_data(True).strip() == ""


def test_who_may_not_see_a_ticket_is_not_told_who_reads_it(app: Flask, cast: Cast) -> None:
    here = f"/kerja/tiket/{cast.complain().number}/di-sini?since=0"
    assert tokenless(app, cast, "tono").post(here).status_code == 404
