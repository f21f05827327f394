"""Every page for every eye: the public's, leadership's and the administrator's; and none was forgotten."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.all_scenes import ELSEWHERE, NO_PAGES, REACHED_ON_THE_WAY, SCENES
from tests.browser.conftest import House, WindowOf
from tests.browser.eyes import look_at
from tests.browser.gallery import Gallery
from tests.browser.scenes import Scene
from tests.support.axe import BLOCKING, NEVER_BLOCKING, impacts


@pytest.mark.parametrize("scene", ELSEWHERE, ids=lambda scene: scene.name)
def test_a_page_is_for_every_eye(
    scene: Scene, gallery: Gallery, house: House, window_of: WindowOf
) -> None:
    look_at(scene, gallery, house, window_of)


def test_no_page_was_forgotten(gallery: Gallery, house: House) -> None:
    app = house.live.app
    routes = app.url_map.bind("localhost")
    seen = {
        routes.match(scene.path.format(**gallery.places).partition("?")[0])[0]
        for scene in SCENES
        if scene.name != "not-found"
    }
    pages = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert pages - seen - NO_PAGES - REACHED_ON_THE_WAY == set()


def test_what_is_not_worked_out_could_block_nobody(page: Page) -> None:
    gravest = impacts(page)
    known = {rule for rule, impact in gravest.items() if impact not in BLOCKING}
    assert set(NEVER_BLOCKING) <= known
