"""Every page for every eye: those of the workbench."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.browser.all_scenes import AT_WORK
from tests.browser.conftest import House, WindowOf
from tests.browser.eyes import look_at
from tests.browser.gallery import Gallery
from tests.browser.scenes import Scene
from tests.support.browser import show
from tests.support.screens import Member


@pytest.mark.parametrize("scene", AT_WORK, ids=lambda scene: scene.name)
def test_a_page_is_for_every_eye(
    scene: Scene, gallery: Gallery, house: House, window_of: WindowOf
) -> None:
    look_at(scene, gallery, house, window_of)


@pytest.mark.parametrize("width", [1024, 1152])
def test_a_small_laptop_shows_titles_and_lateness_whole(
    house: House, member: Callable[..., Member], width: int
) -> None:
    title = f"Selisih naik kelas Rp120.000 tidak dijelaskan sejak awal {width}"
    with house.on_stage(ago=timedelta(days=12)) as cast:
        cast.complain(title)
    page = member("sari").page
    show(page, (width, 768))
    page.goto("/kerja?tampilan=semua")
    row = page.locator(".list tr", has_text=title)
    for part in (".c-what a", ".c-time .late"):
        beyond = "at => [at.scrollWidth - at.clientWidth, at.scrollHeight - at.clientHeight]"
        assert max(row.locator(part).evaluate(beyond)) <= 0, part
