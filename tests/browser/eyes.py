"""How a page is looked at: axe-core in light and dark, nothing wider than a telephone, nothing the CSP refuses.

The pages' pictures are kept in build/screens, to be looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import ConsoleMessage, Page, Request

from tests.browser.conftest import House
from tests.browser.gallery import Gallery
from tests.browser.scenes import STRANGER, Scene
from tests.support.axe import blockers
from tests.support.browser import PHONE, NewContext, Shoot
from tests.support.screens import Screen

SEEN_IN_THE_DARK = {"home", "complaint-answered", "worklist-all", "ticket-work", "overview"}


def look_at(
    scene: Scene, gallery: Gallery, house: House, new_context: NewContext, shoot: Shoot
) -> None:
    """Open the page of *scene* as its person does, and find nothing wrong with it."""
    screen = _seat(scene.who, house, new_context)
    with nothing_refused(screen.page, house.live.url):
        response = screen.open(scene.path.format(**gallery.places))
        assert response.status == scene.status
        if scene.act is not None:
            scene.act(screen)
        assert blockers(screen.page) == []
        screen.page.emulate_media(color_scheme="dark")
        screen.page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
        assert blockers(screen.page) == []
        screen.page.emulate_media(color_scheme="light")
        assert too_wide(screen.page) == []
        assert covering(screen.page) == []
        shoot(screen.page, scene.name)
        if scene.name in SEEN_IN_THE_DARK:
            shoot(screen.page, scene.name, dark=True)


@contextmanager
def nothing_refused(page: Page, url: str) -> Iterator[None]:
    """Everything comes from our own host, and no script stumbles nor does the browser refuse anything."""
    complaints: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        # a page that answers 404 or 422 is said so in the console, which is no fault of the page
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            complaints.append(message.text)

    def watch(request: Request) -> None:
        if not request.url.startswith((url, "data:", "blob:")):
            complaints.append(f"asks another host: {request.url}")

    page.on("console", hear)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", watch)
    yield
    assert complaints == []


def too_wide(page: Page) -> list[str]:
    """What reaches beyond the edge of the screen, when the page can be pushed sideways."""
    found: list[str] = page.evaluate(
        """() => {
            const edge = document.documentElement.clientWidth
            if (document.documentElement.scrollWidth <= edge) return []
            return [...document.querySelectorAll("body *")]
                .filter(one => one.getBoundingClientRect().right > edge + 1)
                .slice(0, 5).map(one => one.outerHTML.slice(0, 120))
        }"""
    )
    return found


def covering(page: Page) -> list[str]:
    """What lies over most of the screen: a sheet of one page may know a class of another one's."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("main, main *")]
            .filter(one => getComputedStyle(one).position === "fixed")
            .filter(one => one.offsetWidth * one.offsetHeight > innerWidth * innerHeight / 2)
            .map(one => one.outerHTML.slice(0, 120))"""
    )
    return found


def _seat(who: str, house: House, new_context: NewContext) -> Screen:
    if who == STRANGER:
        return Screen(new_context().new_page())
    return house.member(new_context, who)
