"""What the small scripts do for whoever has them: keys that can be switched off, drafts, photographs."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from helpdesk.catalogue.category import Place
from helpdesk.lib.database import db
from tests.browser.conftest import House
from tests.support.browser import PHONE, NewContext
from tests.support.screens import Complainant, Member, photo

SignIn = Callable[..., Member]


@pytest.fixture
def wati(new_context: NewContext) -> Complainant:
    """A stranger with a telephone."""
    return Complainant(new_context(size=PHONE).new_page())


def test_who_hits_keys_by_mistake_switches_them_off_for_good(house: House, member: SignIn) -> None:
    with house.on_stage() as cast:
        cast.complain()
    page = member("sari").page
    page.goto("/kerja?tampilan=semua")
    keys, at_hand = page.locator("#keys"), page.locator(".at-hand")
    page.keyboard.press("?")
    tick = keys.get_by_role("checkbox", name="Matikan")
    tick.press("Space")
    page.keyboard.press("Escape")
    for _before_and_after in range(2):
        page.keyboard.press("j")
        page.keyboard.press("?")
        expect(at_hand).to_have_count(0)
        expect(keys).to_be_hidden()
        page.reload()
    page.locator(".top .menu summary").press("Enter")
    page.get_by_role("button", name="Papan ketik").press("Enter")
    expect(tick).to_be_checked()
    tick.press("Space")
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    page.keyboard.press("j")
    expect(at_hand).to_have_count(1)


def test_whoever_ticks_a_row_walks_on_with_the_keys(house: House, member: SignIn) -> None:
    with house.on_stage() as cast:
        cast.complain()
    page = member("sari").page
    page.goto("/kerja?tampilan=semua")
    page.locator(".list [name=nomor]").first.check()
    page.keyboard.press("j")
    expect(page.locator(".at-hand")).to_have_count(1)


def test_a_menu_that_is_closed_by_escape_keeps_the_focus(member: SignIn) -> None:
    page = member("sari").page
    page.goto("/kerja")
    summary = page.locator(".top .menu summary")
    summary.press("Enter")
    page.locator(".top .menu li a").first.focus()
    page.keyboard.press("Escape")
    expect(summary).to_be_focused()


def test_an_old_draft_does_not_move_the_place_of_the_poster(
    house: House, wati: Complainant
) -> None:
    with house.on_stage() as cast:
        ward = Place(code="mawar", name_id="Ruang Mawar", name_en="Rose ward")
        db.session.add(ward)
        db.session.commit()
        ward_id, pharmacy_id = ward.id, cast.place_ids["farmasi"]
    wati.page.clock.install()
    wati.open("/keluhan")
    wati.fill(text="Lama sekali menunggu.", place_id=ward_id)
    wati.page.locator("[data-draft-mine] input").check()
    wati.page.clock.run_for(1000)  # a draft is kept when the typing pauses
    wati.open("/keluhan?tempat=farmasi")
    expect(wati.page.locator("[name=text]")).to_have_value("Lama sekali menunggu.")
    expect(wati.page.locator("[name=place_id]")).to_have_value(str(pharmacy_id))
    wati.open("/keluhan")
    expect(wati.page.locator("[name=place_id]")).to_have_value(str(ward_id))


def test_a_change_of_language_carries_what_was_typed_and_keeps_nothing(wati: Complainant) -> None:
    wati.open("/keluhan")
    wati.fill(text="Lama sekali menunggu.", wish="anonim", files=[photo("satu.jpg")])
    wati.press(".tools button[lang=en]")
    expect(wati.page.locator(".thumb")).to_contain_text("satu.jpg")
    expect(wati.page.locator("html")).to_have_attribute("lang", "en")
    expect(wati.page.locator("[name=text]")).to_have_value("Lama sekali menunggu.")
    expect(wati.page.locator("[name=wish][value=anonim]")).to_be_checked()
    assert wati.page.evaluate("sessionStorage.length + localStorage.length") == 0
    wati.open("/keluhan")
    expect(wati.page.locator("[name=text]")).to_have_value("")


def test_enter_sends_the_form_and_changes_no_language(wati: Complainant) -> None:
    wati.open("/keluhan")
    wati.fill(name="Wati")
    wati.page.locator("[name=name]").press("Enter")
    expect(wati.page.get_by_role("alert")).to_be_visible()
    expect(wati.page.locator("html")).to_have_attribute("lang", "id")


def test_a_file_that_is_too_large_is_told_before_it_is_sent(
    wati: Complainant, tmp_path: Path
) -> None:
    wati.open("/keluhan")
    film, voice, paper = (tmp_path / name for name in ("film.mp4", "suara.ogg", "surat.pdf"))
    for file, size in ((film, 10_000_001), (voice, 10_000_001), (paper, 10_000_000)):
        file.touch()
        os.truncate(file, size)
    wati.fill(files=[film, voice, paper])
    chosen = wati.page.locator(".chosen-files li")
    expect(chosen.nth(0)).to_contain_text("lebih dari 10 MB")
    for fits in (chosen.nth(1), chosen.nth(2)):
        expect(fits).not_to_contain_text("lebih dari")


def test_chosen_files_are_told_and_are_a_list(wati: Complainant) -> None:
    wati.open("/keluhan")
    wati.fill(files=[photo("satu.jpg"), photo("dua.jpg")])
    told = wati.page.locator(".chosen-files[role=status]")
    expect(told.get_by_role("list").get_by_role("listitem")).to_have_count(2)
