"""How a page is looked at: axe-core in light and dark, nothing wider than its screen, nothing the CSP refuses.

The pages' pictures are kept in build/screens, to be looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import ConsoleMessage, Error, Page, Request

from tests.browser.conftest import House, WindowOf
from tests.browser.gallery import Gallery
from tests.browser.scenes import Scene
from tests.support.axe import blockers
from tests.support.browser import DESK, PHONE, photograph, show
from tests.support.screens import Screen

BETWEEN = ((1024, 768), (768, 1024))  # a small laptop, and a tablet
SEEN_IN_THE_DARK = {"home", "complaint-answered", "worklist-all", "ticket-work", "overview"}


def look_at(scene: Scene, gallery: Gallery, house: House, window_of: WindowOf) -> None:
    """Open the page of *scene* as its person does, and find nothing wrong with it."""
    screen = Screen(window_of(scene.who))
    page = screen.page
    with nothing_refused(page, house.live.url):
        response = screen.open(scene.path.format(**gallery.places))
        assert response.status == scene.status
        if scene.act is not None:
            scene.act(screen)
        assert blockers(page) == []
        photograph(page, f"{scene.name}-{DESK[0]}")
        if scene.name in SEEN_IN_THE_DARK:
            show(page, DESK, dark=True)
            photograph(page, f"{scene.name}-{DESK[0]}-dark")
        for size in BETWEEN:
            show(page, size)
            assert too_wide(page) == [], size
        show(page, PHONE, dark=True)
        assert blockers(page) == []
        if scene.name in SEEN_IN_THE_DARK:
            photograph(page, f"{scene.name}-{PHONE[0]}-dark")
        show(page, PHONE)
        assert too_wide(page) == []
        assert covering(page) == []
        photograph(page, f"{scene.name}-{PHONE[0]}")


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

    def stumble(error: Error) -> None:
        complaints.append(str(error))

    page.on("console", hear)
    page.on("pageerror", stumble)
    page.on("request", watch)
    try:
        yield
    finally:  # the window is kept for others
        page.remove_listener("console", hear)
        page.remove_listener("pageerror", stumble)
        page.remove_listener("request", watch)
    assert complaints == [], complaints


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
