"""Every page for every eye: those of the workbench."""

from __future__ import annotations

import pytest

from tests.browser.all_scenes import AT_WORK
from tests.browser.conftest import House, WindowOf
from tests.browser.eyes import look_at
from tests.browser.gallery import Gallery
from tests.browser.scenes import Scene


@pytest.mark.parametrize("scene", AT_WORK, ids=lambda scene: scene.name)
def test_a_page_is_for_every_eye(
    scene: Scene, gallery: Gallery, house: House, window_of: WindowOf
) -> None:
    look_at(scene, gallery, house, window_of)
