"""QR posters: the PDF says where it hangs, its short address opens the form with the place chosen."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask import Flask
from pypdf import PdfReader

from helpdesk.catalogue.category import Place
from helpdesk.letters import poster
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.qr import qr_svg
from tests.support.cast import Cast
from tests.web.browsing import Browser as Visitor
from tests.web.workbench import person


def pages_of(answer: Any) -> list[Any]:
    assert answer.mimetype == "application/pdf", answer.get_data(as_text=True)[:500]
    return list(PdfReader(io.BytesIO(answer.get_data())).pages)


def size_of(page: Any) -> tuple[int, int]:
    """In whole mm."""
    return round(float(page.mediabox.width) / 72 * 25.4), round(
        float(page.mediabox.height) / 72 * 25.4
    )


def words_of(page: Any) -> str:
    return " ".join(page.extract_text().split())


@pytest.mark.parametrize(
    ("size", "paper", "times"),
    [("a4", (210, 297), 1), ("a6", (105, 148), 1), ("lembar", (210, 297), 4)],
)
def test_a_poster_fits_its_paper(
    app: Flask, cast: Cast, size: str, paper: tuple[int, int], times: int
) -> None:
    answer = person(app, cast, "ayu").get(f"/kerja/poster.pdf?tempat=farmasi&ukuran={size}")
    (page,) = pages_of(answer)
    assert size_of(page) == paper
    assert words_of(page).count("Farmasi rawat jalan") == times


def test_its_code_leads_to_the_short_address(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    coded: list[str] = []

    def watched(text: str, **words: str) -> object:
        coded.append(text)
        return qr_svg(text, **words)

    monkeypatch.setattr(poster, "qr_svg", watched)
    person(app, cast, "sari").get("/kerja/poster.pdf?tempat=farmasi")
    (address,) = coded
    assert address.endswith("/t/farmasi")
    page = Visitor(app).open("/t/farmasi")
    assert "Farmasi rawat jalan" in page.text
    assert ">Ganti</a>" in page.text
    assert page.forms["/keluhan"]["place_id"] == str(cast.place_ids["farmasi"])


def test_an_old_code_opens_the_form_without_a_place(app: Flask, cast: Cast) -> None:
    assert Visitor(app).open("/t/tidak-ada").forms["/keluhan"]["place_id"] == ""

    def close() -> None:
        db.session.get_one(Place, cast.place_ids["farmasi"]).is_active = False

    unit_of_work(close)
    page = Visitor(app).open("/t/farmasi")
    assert (page.status, page.forms["/keluhan"]["place_id"]) == (200, "")


def test_posters_in_english_and_for_anywhere(app: Flask, cast: Cast) -> None:
    address = "/kerja/poster.pdf?tempat=farmasi&tempat=-&bahasa_poster=en"
    pages = [words_of(page) for page in pages_of(person(app, cast, "joko").get(address))]
    assert len(pages) == 2
    assert "Outpatient pharmacy" not in pages[0]
    assert "Outpatient pharmacy" in pages[1]


def test_nothing_chosen_is_said(app: Flask, cast: Cast) -> None:
    browser = person(app, cast, "sari")
    assert browser.get("/kerja/poster.pdf?ukuran=a4").status_code == 422
    assert browser.get("/kerja/poster").status_code == 200


@pytest.mark.parametrize("stranger", ["%0d%0aSet-Cookie:x", "../../x"])
def test_the_name_of_the_file_is_the_places_own(app: Flask, cast: Cast, stranger: str) -> None:
    asked = f"/kerja/poster.pdf?tempat={stranger}&tempat=farmasi"
    answer = person(app, cast, "sari").get(asked)
    assert answer.headers["Content-Disposition"] == "attachment; filename=farmasi-a4.pdf"


def test_a_long_name_runs_into_nothing_that_stands_below(app: Flask, cast: Cast) -> None:
    name = (
        "High-risk emergency and perinatology installation, "
        "Siti Aminah building, twelfth floor, east wing, by the lift no. 4"
    )

    def rename() -> None:
        db.session.get_one(Place, cast.place_ids["farmasi"]).name_en = name

    unit_of_work(rename)
    answer = person(app, cast, "sari").get("/kerja/poster.pdf?tempat=farmasi&bahasa_poster=en")
    (page,) = pages_of(answer)
    heights: dict[str, float] = {}

    def note(text: str, _matrix: Any, place: Any, *_font: Any) -> None:
        heights.update(dict.fromkeys(text.split(), place[5]))

    page.extract_text(visitor_text=note)
    # In pixels, downwards
    assert heights["minutes"] - heights["lift"] > 40
