"""The demo with its simulator, as `make run` starts it: a complaint by email, an answer by email, and a reply."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.support.axe import blockers
from tests.support.browser import DESK, PHONE
from tests.support.processes import wait_until
from tests.support.screens import Screen, photo
from tests.support.up import Up

pytestmark = pytest.mark.slow
RAHAYU = "rahayu.puspita@mail.example"
WORDS = "Obat racikan anak saya baru siap setelah tiga jam."
LETTER = "Yth. Ibu Rahayu,\n\nmohon maaf. Siapa nama dokternya?"


@pytest.fixture
def outside(up: Up, browser: Browser) -> Iterator[Page]:
    """A browser at the simulator."""
    context = browser.new_context(base_url=f"http://localhost:{up.port + 1}", locale="id-ID")
    yield context.new_page()
    context.close()


def take_place(page: Page, name: str) -> Screen:
    """Press somebody's card."""
    screen = Screen(page)
    screen.open("/demo")
    screen.press(f'form[action$="/masuk/{name}"] button')
    return screen


def wait_for_mail(rahayu: Screen, count: int) -> None:
    """Look into the mailbox until so many mails have come in, and open the newest."""

    def has_come() -> bool:
        rahayu.open(f"/kotak/{RAHAYU}")
        return rahayu.page.locator(".mails .status").count() == count

    wait_until(has_come)
    rahayu.press(rahayu.page.locator(".mails a").first)


def fate(rahayu: Screen) -> str:
    """What the simulator says became of a mail."""
    return rahayu.page.locator("main .note").inner_text()


def test_a_complaint_and_its_answers_go_by_email(outside: Page, inside: Page, up: Up) -> None:
    rahayu = Screen(outside)
    cards = Screen(inside)
    cards.open("/demo")
    link = inside.locator(f'a[href="http://localhost:{up.port + 1}/"]').first
    assert link.is_visible()

    rahayu.open(f"/kotak/{RAHAYU}")
    rahayu.fill(subject="Obat racikan terlambat", text=WORDS, files=[photo("resep.jpg")])
    rahayu.press()
    opened = re.search(r"KLH-\d\d-\d{5}-\d", fate(rahayu))
    assert opened
    number = opened.group()
    wait_for_mail(rahayu, 1)
    assert rahayu.shows(number)

    sari = take_place(inside, "sari")
    sari.open(f"/kerja/tiket/{number}")
    assert sari.shows(WORDS)
    sari.open(f"/kerja/tiket/{number}/email")
    sari.fill(text=LETTER)
    sari.press()

    wait_for_mail(rahayu, 1)
    assert rahayu.shows("Siapa nama dokternya?")
    rahayu.fill(text="dr. Rina, Kamis pagi.")
    rahayu.press()
    assert number in fate(rahayu)
    sari.open(f"/kerja/tiket/{number}")
    assert sari.shows("dr. Rina, Kamis pagi.")

    rahayu.page.go_back()
    rahayu.fill(text="Saya sedang cuti.", is_automatic=True)
    rahayu.press()
    assert "note-warn" not in (rahayu.page.locator("main .note").get_attribute("class") or "")
    assert rahayu.page.locator("main .note a").count() == 0


def test_a_mail_server_that_is_down_loses_nothing(outside: Page, inside: Page) -> None:
    visitor = Screen(outside)
    visitor.open("/")
    visitor.press('form[action$="/gangguan"] button')
    assert visitor.page.locator(".late").is_visible()
    ayu = take_place(inside, "ayu")
    ayu.open("/admin/surel")
    ayu.fill(address=RAHAYU)
    ayu.press('form[action*="/keluar/coba"] button')
    assert ayu.shows("451 4.3.2")
    visitor.press('form[action$="/gangguan"] button')
    ayu.press('form[action*="/keluar/coba"] button')
    assert ayu.shows("250 2.0.0")


@pytest.mark.parametrize("size", [PHONE, DESK])
def test_its_pages_are_for_every_eye(outside: Page, size: tuple[int, int]) -> None:
    """After the first story, so that there is something in the mailbox."""
    visitor = Screen(outside)
    outside.set_viewport_size({"width": size[0], "height": size[1]})
    visitor.open("/")
    assert (blockers(outside), visitor.is_too_wide) == ([], False)
    visitor.open(f"/kotak/{RAHAYU}")
    visitor.press(visitor.page.locator(".mails a").last)
    assert (blockers(outside), visitor.is_too_wide) == ([], False)


def test_it_all_ends_together(up: Up) -> None:
    assert set(up.children()) == {"web", "worker", "simulator"}
    up.process.send_signal(signal.SIGINT)
    code, said = up.end()
    assert code == 0, said
    assert said.endswith("Stopped.\n")
