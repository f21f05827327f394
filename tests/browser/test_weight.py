"""What a first visit costs on a weak telephone."""

from __future__ import annotations

import pytest
from playwright.sync_api import CDPSession, Page

from tests.browser.conftest import House
from tests.support.browser import PHONE, NewContext

MOST = 100_000  # bytes over the wire, headers and all


@pytest.mark.parametrize("path", ["/", "/keluhan", "/lacak"])
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_first_visit_is_light(
    path: str, scripts: bool, house: House, new_context: NewContext
) -> None:
    page = new_context(size=PHONE, scripts=scripts).new_page()
    meter = Meter(page)
    page.goto(path, wait_until="networkidle")
    assert page.locator("h1").is_visible()
    assert 0 < meter.total <= MOST, meter.by_address


def test_the_second_page_fetches_nothing_but_itself(house: House, new_context: NewContext) -> None:
    page = new_context(size=PHONE).new_page()
    page.goto("/", wait_until="networkidle")
    page.goto("/lacak", wait_until="networkidle")
    meter = Meter(page)
    page.goto("/", wait_until="networkidle")
    assert [address for address, size in meter.by_address.items() if size] == [f"{house.live.url}/"]


class Meter:
    """Counts what really comes over the wire, compressed, as Chromium tells it."""

    def __init__(self, page: Page) -> None:
        self._addresses: dict[str, str] = {}
        self.by_address: dict[str, int] = {}
        session: CDPSession = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.requestWillBeSent", self._begin)
        session.on("Network.loadingFinished", self._end)

    @property
    def total(self) -> int:
        """All bytes so far."""
        return sum(self.by_address.values())

    def _begin(self, told: dict[str, dict[str, str]]) -> None:
        self._addresses[str(told["requestId"])] = told["request"]["url"]

    def _end(self, told: dict[str, object]) -> None:
        address = self._addresses.get(str(told["requestId"]), "?")
        size = told["encodedDataLength"]
        self.by_address[address] = self.by_address.get(address, 0) + int(str(size).split(".")[0])
