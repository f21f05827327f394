"""The demo's telephone, as `make run` starts it: a complaint on WhatsApp from the greeting to the rating."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page

from tests.support.axe import blockers
from tests.support.browser import DESK, PHONE
from tests.support.processes import WITHIN, wait_until
from tests.support.screens import Member, Screen
from tests.support.up import Up

pytestmark = pytest.mark.slow
RAHAYU, HIDDEN = "6281234560901", "ID.7403316925518043"
WORDS = (
    "Obat racikan anak saya di apotek rawat jalan baru siap setelah tiga jam, tadi pagi jam 9, "
    "padahal anaknya demam tinggi."
)
ANSWER = "Mohon maaf. Sejak hari ini obat racikan anak kami dahulukan."
PATIENCE = WITHIN * 1000  # milliseconds


class Phone(Screen):
    """One telephone of the simulator."""

    def take(self, key: str) -> Phone:
        """Open the chat with the hospital."""
        self.open(f"/ponsel/{key}")
        return self

    def write(self, words: str) -> None:
        """Send words with Enter, as on a real one."""
        self.page.locator("#tulis").fill(words)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def hear(self, count: int) -> Locator:
        """Wait, without touching anything, until the hospital has said so many things; the newest."""
        said = self.page.locator(".bub:not(.mine)")
        said.nth(count - 1).wait_for(timeout=PATIENCE)
        return said.nth(count - 1)

    def hear_about(self, words: str) -> Locator:
        """Wait until the hospital says this; the message."""
        said = self.page.locator(".bub:not(.mine)").filter(has_text=words).last
        said.wait_for(timeout=PATIENCE)
        return said

    def tap(self, code: str, choice: str = "") -> None:
        """Tap the newest row or button whose id begins with *code* and ends with *choice*."""
        ids = f'[value^="{code}"][value$="{choice}"]' if choice else f'[value^="{code}"]'
        button = self.page.locator(f"button[name=choice]{ids}").last
        button.wait_for(state="attached", timeout=PATIENCE)
        if not button.is_visible():
            button.locator("xpath=ancestor::details/summary").click()
        self.press(button)


@pytest.fixture
def phone(up: Up, browser: Browser) -> Iterator[Phone]:
    context = browser.new_context(base_url=f"http://localhost:{up.port + 1}", locale="id-ID")
    yield Phone(context.new_page())
    context.close()


def take_place(page: Page, name: str) -> Member:
    """Press somebody's card."""
    member = Member(page)
    member.open("/demo")
    member.press(f'form[action$="/masuk/{name}"] button')
    return member


def test_from_the_greeting_to_the_rating(phone: Phone, inside: Page) -> None:
    rahayu = phone.take(RAHAYU)
    rahayu.write("Assalamualaikum")
    rahayu.hear(1)
    assert rahayu.page.locator(".bub.mine .ticks").first.inner_text().startswith("✓✓")
    rahayu.tap("menu:complain")
    rahayu.hear(2)
    rahayu.write(WORDS)
    rahayu.tap("send")
    receipt = rahayu.hear_about("PIN").inner_text()
    number = re.search(r"KLH-\d\d-\d{5}-\d", receipt)
    assert number
    assert re.search(r"PIN: \d{6}", receipt)

    rahayu.press('form[action$="/contoh/photo"] button')
    sari = take_place(inside, "sari")
    rahayu.hear_about("tambahkan ke keluhan")
    sari.open_ticket(number.group())
    assert sari.shows(WORDS)

    sari.triage(number.group(), "hijau")
    sari.open(f"/kerja/tiket/{number.group()}/jawaban-akhir")
    sari.fill(text=ANSWER)
    sari.press("footer .btn-main")
    rahayu.hear_about("sudah siap")
    rahayu.tap("resolved")
    rahayu.tap("rate:", ":5")

    def is_rated() -> bool:
        sari.open_ticket(number.group())
        return sari.shows("5 dari 5")

    wait_until(is_rated)
    assert sari.page.locator(".thead").get_by_text("Selesai").is_visible()


def test_who_hides_the_number_is_answered_too(phone: Phone) -> None:
    eli = phone.take(HIDDEN)
    eli.write("Assalamualaikum")
    eli.hear(1)


@pytest.mark.parametrize("size", [PHONE, DESK])
def test_its_pages_are_for_every_eye(phone: Phone, size: tuple[int, int]) -> None:
    """After the first story, so that there is something in the chat."""
    phone.page.set_viewport_size({"width": size[0], "height": size[1]})
    phone.open("/")
    assert (blockers(phone.page), phone.is_too_wide) == ([], False)
    phone.take(RAHAYU)
    phone.page.locator(".bub:not(.mine) .acts > summary").last.click()
    assert (blockers(phone.page), phone.is_too_wide) == ([], False)


def test_a_telephone_works_without_script(up: Up, browser: Browser) -> None:
    context = browser.new_context(
        base_url=f"http://localhost:{up.port + 1}", java_script_enabled=False
    )
    phone = Screen(context.new_page())
    phone.open("/ponsel/628999000222")
    phone.page.locator("#tulis").fill("P")
    phone.press(
        phone.page.get_by_role("button", name="Kirim pesan").or_(
            phone.page.get_by_role("button", name="Send the message")
        )
    )
    assert phone.page.locator(".bub.mine").count() == 1
    context.close()
