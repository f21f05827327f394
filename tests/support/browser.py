"""Debian's Chromium through Playwright, speaking Indonesian, with every page's pictures in build/screens/."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from config import ROOT
from tests.support.live import Live
from tests.support.machine import chromium, need

SCREENS = ROOT / "build" / "screens"
PHONE, DESK = (360, 740), (1280, 900)
ARGUMENTS = [
    "--no-sandbox",  # Chromium refuses to run as root with it
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--site-per-process",  # as a desktop has it: framed mail is apart, and axe-core does not write to it in vain
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # The list below the address bar is made of pages of its own, which cost every window a second of work
    "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup",
]
_FAILED = pytest.StashKey[bool]()

NewContext = Callable[..., BrowserContext]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Remember that a test failed, so that its page can be photographed before it closes."""
    report = yield
    if report.when == "call":  # type: ignore[attr-defined]
        item.stash[_FAILED] = report.failed  # type: ignore[attr-defined]
    return report  # type: ignore[return-value]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever opens a page is a browser test, wherever it stands."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the session."""
    need("Chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield browser
        browser.close()


def open_context(
    browser: Browser,
    url: str,
    size: tuple[int, int] = DESK,
    locale: str = "id-ID",
    dark: bool = False,
    scripts: bool = True,
) -> BrowserContext:
    """A visitor of their own at *url*: cookies, size, language."""
    context = browser.new_context(
        base_url=url,
        locale=locale,
        timezone_id="Asia/Jakarta",
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",
        java_script_enabled=scripts,
    )
    context.set_default_timeout(15_000)
    return context


@pytest.fixture
def new_context(
    browser: Browser, live: Live, request: pytest.FixtureRequest
) -> Iterator[NewContext]:
    """Opens a visitor for this test: ``new_context(size=PHONE, locale="en")``."""
    opened: list[BrowserContext] = []

    def open_one(**how: Any) -> BrowserContext:
        opened.append(open_context(browser, live.url, **how))
        return opened[-1]

    yield open_one
    photograph_failure(request, *(page for context in opened for page in context.pages))
    for context in opened:
        context.close()


@pytest.fixture
def page(new_context: NewContext) -> Page:
    """A desktop page of a visitor who has not signed in."""
    return new_context().new_page()


def show(page: Page, size: tuple[int, int], dark: bool = False) -> None:
    """Look at a page on a screen of this size, in light or dark."""
    page.emulate_media(color_scheme="dark" if dark else "light")
    page.set_viewport_size({"width": size[0], "height": size[1]})


def photograph_failure(request: pytest.FixtureRequest, *pages: Page) -> None:
    """Keep what these pages look like when the test that asks has failed."""
    if request.node.stash.get(_FAILED, False):
        for number, page in enumerate(pages):
            photograph(page, f"failed-{_plain(request.node.name)}-{number}")


def photograph(page: Page, name: str) -> None:
    """Keep what a page looks like, from top to bottom, as it is."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    # JPEG, since PNG costs Chromium twice the time
    page.screenshot(path=SCREENS / f"{name}.jpg", type="jpeg", quality=80, full_page=True)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
