"""Views under a name of one's own, and who else has a ticket open."""

from __future__ import annotations

from datetime import timedelta

import time_machine
from flask import Flask

from tests.support.cast import Cast
from tests.tickets.steps import FRIDAY
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


def test_nobody_removes_the_view_of_somebody_else(app: Flask, cast: Cast) -> None:
    tokenless(app, cast, "sari").post("/kerja/tampilan?meja=care&grading=merah", data={"name": "A"})
    assert tokenless(app, cast, "dimas").post("/kerja/tampilan/1/hapus").status_code == 404
    assert tokenless(app, cast, "sari").post("/kerja/tampilan/1/hapus").status_code == 302
    assert "own-views" not in tokenless(app, cast, "sari").get("/kerja").get_data(True)


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
