"""A house with its people, running for real, for the tests of one file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page

from helpdesk.lib import clock
from helpdesk.lib.database import unit_of_work
from helpdesk.lib.limits_storage import forget_expired
from helpdesk.tickets.escalating import escalate_due
from tests.support.axe import keep_at_hand
from tests.support.browser import DESK, NewContext, open_context, photograph_failure, show
from tests.support.cast import Cast, assemble
from tests.support.databases import SqliteTemplate
from tests.support.live import Live
from tests.support.screens import Member
from tests.support.up import READY, Up, load_small_demo

if TYPE_CHECKING:
    from tests.browser.gallery import Gallery

WindowOf = Callable[[str], Page]


@dataclass
class House:
    """The running installation with its cast; what went before a story is arranged through the domain."""

    live: Live
    cast: Cast
    _cookies: dict[str, list[dict[str, object]]] = field(default_factory=dict, repr=False)

    @contextmanager
    def on_stage(self, ago: timedelta = timedelta(0)) -> Iterator[Cast]:
        """The cast, acting through the domain as it was *ago*."""
        with self.live.app.app_context(), clock.standing_at(clock.now() - ago):
            yield self.cast

    def sweep(self) -> None:
        """What the worker does at its next turn, done now."""
        with self.live.app.app_context():
            while escalate_due(clock.now()):
                pass

    def member(self, new_context: NewContext, name: str, **how: object) -> Member:
        """*name* at a browser of their own, signed in; signs in at the door the first time only."""
        context = new_context(**how)
        member = Member(context.new_page())
        if name in self._cookies:
            self.let_in(context, name)
        else:
            member.sign_in(name)
            self._cookies[name] = [dict(cookie) for cookie in context.cookies()]
        return member

    def let_in(self, context: BrowserContext, name: str) -> None:
        """Let a window be that of *name*, who has signed in before; a stranger brings nothing."""
        if name:
            context.add_cookies(self._cookies[name])  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def house(live: Live) -> House:
    """RSIA Contoh with its people, and the server and worker that serve it."""
    with live.app.app_context():
        return House(live, assemble())


@pytest.fixture(autouse=True)
def _nobody_hurried_before(request: pytest.FixtureRequest) -> None:
    """All stories of a file come from one address: what one has sent must not count against the next."""
    if "house" in request.fixturenames:
        house: House = request.getfixturevalue("house")
        with house.live.app.app_context():
            unit_of_work(lambda: forget_expired(datetime.max.replace(tzinfo=UTC)))


class Windows:
    """A window for each person, kept open for the tests of one file: what it has fetched once need not come again."""

    def __init__(self, browser: Browser, house: House) -> None:
        self._browser, self._house = browser, house
        self._open: dict[str, tuple[Page, CDPSession]] = {}

    def of(self, name: str = "") -> Page:
        """The window of *name*, or of a stranger, who knows no more in it than if it were new."""
        if name not in self._open:
            page = self._new_page(name)
            self._open[name] = page, page.context.new_cdp_session(page)
        page, session = self._open[name]
        forgotten = {"origin": self._house.live.url, "storageTypes": "cookies,local_storage"}
        session.send("Storage.clearDataForOrigin", forgotten)
        self._house.let_in(page.context, name)
        show(page, DESK)
        return page

    def close(self) -> None:
        """Close them all."""
        for page, _session in self._open.values():
            page.context.close()

    def _new_page(self, name: str) -> Page:
        return (
            self._house.member(self._new_context, name).page
            if name
            else self._new_context().new_page()
        )

    def _new_context(self) -> BrowserContext:
        context = open_context(self._browser, self._house.live.url)
        keep_at_hand(context)
        return context


@pytest.fixture(scope="module")
def windows(browser: Browser, house: House) -> Iterator[Windows]:
    """Everybody's window at this house."""
    kept = Windows(browser, house)
    yield kept
    kept.close()


@pytest.fixture
def window_of(windows: Windows, request: pytest.FixtureRequest) -> Iterator[WindowOf]:
    """Somebody's window, as if it had just been opened: ``window_of("sari")``."""
    looked_through: list[Page] = []

    def open_window(name: str) -> Page:
        looked_through.append(windows.of(name))
        return looked_through[-1]

    yield open_window
    photograph_failure(request, *looked_through)


@pytest.fixture
def member(house: House, new_context: NewContext) -> Callable[..., Member]:
    """Somebody of the cast, signed in: ``member("sari", size=PHONE)``."""

    def signed_in(name: str, **how: object) -> Member:
        return house.member(new_context, name, **how)

    return signed_in


@pytest.fixture(scope="module")
def gallery(house: House) -> Gallery:
    """One complaint in every state."""
    from tests.browser.gallery import Gallery  # which knows the house itself

    with house.live.without_worker():
        return Gallery(house).hang()


@pytest.fixture(scope="module")
def up(sqlite_template: SqliteTemplate, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """`flask up` on a small demo that is loaded already."""
    instance = tmp_path_factory.mktemp("up")
    load_small_demo(sqlite_template, instance)
    running = Up(instance, DEMO="1")
    running.read_until(READY)
    yield running
    running.stop()


@pytest.fixture
def inside(up: Up, browser: Browser) -> Iterator[Page]:
    """A browser at the product."""
    context = browser.new_context(base_url=f"http://localhost:{up.port}", locale="id-ID")
    yield context.new_page()
    context.close()
