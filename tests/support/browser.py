"""Debian's Chromium through Playwright, speaking Indonesian, with every page's pictures in build/screens/."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

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
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_FAILED = pytest.StashKey[bool]()

NewContext = Callable[..., BrowserContext]
Shoot = Callable[..., None]


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


@pytest.fixture
def new_context(
    browser: Browser, live: Live, request: pytest.FixtureRequest
) -> Iterator[NewContext]:
    """Opens a visitor of its own (cookies, size, language): ``new_context(size=PHONE, locale="en")``."""
    opened: list[BrowserContext] = []

    def open_context(
        size: tuple[int, int] = DESK,
        locale: str = "id-ID",
        dark: bool = False,
        scripts: bool = True,
    ) -> BrowserContext:
        context = browser.new_context(
            base_url=live.url,
            locale=locale,
            timezone_id="Asia/Jakarta",
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            java_script_enabled=scripts,
        )
        context.set_default_timeout(15_000)
        opened.append(context)
        return context

    yield open_context
    failed = request.node.stash.get(_FAILED, False)
    for number, context in enumerate(opened):
        for place, page in enumerate(context.pages):
            if failed:
                _photograph(page, f"failed-{_plain(request.node.name)}-{number}-{place}")
        context.close()


@pytest.fixture
def page(new_context: NewContext) -> Page:
    """A desktop page of a visitor who has not signed in."""
    return new_context().new_page()


@pytest.fixture(scope="session")
def shoot() -> Shoot:
    """Keeps what a page looks like, on a phone and on a desk: ``shoot(page, "track", dark=True)``."""

    def shoot_page(page: Page, name: str, dark: bool = False) -> None:
        before = page.viewport_size
        page.emulate_media(color_scheme="dark" if dark else "light")
        for width, height in (PHONE, DESK):
            page.set_viewport_size({"width": width, "height": height})
            _photograph(page, f"{name}-{width}{'-dark' if dark else ''}")
        page.emulate_media(color_scheme="light")
        if before:
            page.set_viewport_size(before)

    return shoot_page


def _photograph(page: Page, name: str) -> Path:
    SCREENS.mkdir(parents=True, exist_ok=True)
    file = SCREENS / f"{name}.png"
    page.screenshot(path=file, full_page=True)
    return file


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
