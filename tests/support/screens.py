"""What people do at the screen. Fields go by their names, so that the same person can read either language."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from playwright.sync_api import Locator, Page, Response

from tests.support.cast import PASSWORD
from tests.support.files import jpeg

STRONG = "perahu kayu di muara"
_FOLDED_ABOVE = "xpath=ancestor::details[not(@open)]/summary"
_UNITS_OFFERED = """parts => parts.map(part => [
    part.querySelector("label.check > span").firstChild.textContent.trim(),
    part.querySelector("input.pick").checked,
])"""
_SORTS = """selectors => selectors.map(selector => {
    const one = document.querySelector(selector)
    return one ? [one.type || one.tagName, one.closest("details:not([open])") !== null] : ["", false]
})"""


def photo(name: str = "foto.jpg", colour: str = "teal") -> dict[str, object]:
    """A photograph as a file chooser hands it over."""
    return {"name": name, "mimeType": "image/jpeg", "buffer": jpeg(colour)}


@dataclass
class Screen:
    """One person's browser window."""

    page: Page

    def open(self, path: str) -> Response:
        """Go to a page of the house."""
        response = self.page.goto(path)
        assert response is not None
        return response

    def shows(self, words: str) -> bool:
        """Do these words stand on the page?"""
        return words in self.page.locator("body").inner_text()

    @property
    def path(self) -> str:
        """The address shown, without the host."""
        return re.sub(r"^https?://[^/]+", "", self.page.url)

    @property
    def is_too_wide(self) -> bool:
        """Does the page stick out of its window?"""
        wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        return bool(self.page.evaluate(wide))

    def fill(self, **fields: object) -> None:
        """Fill in fields by name: text, a choice, True or False for a box, files."""
        self._fill({f'main [name="{name}"]': value for name, value in fields.items()})

    def press(self, button: str | Locator = "main form .btn-main[type=submit]") -> None:
        """Press a button, or follow a link, that leads to another page."""
        target = self.page.locator(button) if isinstance(button, str) else button
        with self.page.expect_navigation():
            target.click()

    def follow(self, words: str) -> None:
        """Follow the first link on the page that begins with these words."""
        self.press(self._named("link", words))

    def push(self, words: str) -> None:
        """Push the first button that begins with these words; it leads to another page."""
        self.press(self._named("button", words))

    def unfold(self, words: str) -> None:
        """Open what is folded up under these words."""
        self.page.locator("summary").filter(has_text=words).first.click()

    def paper(self, words: str) -> bytes:
        """The document behind the link that says this, as a printer gets it."""
        answer = self.page.request.get(self._named("link", words).get_attribute("href") or "")
        assert answer.ok, answer.status
        return answer.body()

    def download(self, words: str) -> tuple[str, bytes]:
        """Push the button that says this; the name of the file that comes and what is in it."""
        with self.page.expect_download() as coming:
            self._named("button", words).click()
        return coming.value.suggested_filename, coming.value.path().read_bytes()

    def status_of(self, path: str) -> int:
        """What the server answers to this address, with this person's cookies."""
        return self.page.request.get(path, max_redirects=0).status

    def _named(self, role: Literal["button", "link"], words: str) -> Locator:
        """What is visible only: a closed menu is not read."""
        # Playwright ends a pattern at a bare slash
        begins = "^" + re.escape(words).replace("/", r"\/")
        return self.page.get_by_role(role, name=re.compile(begins)).first

    def _fill(self, values: dict[str, object]) -> None:
        """Fill in what these selectors lead to; what sort of fields they are is asked once for all of them."""
        sorts: list[list[str | bool]] = self.page.evaluate(_SORTS, list(values))
        for (sort, is_folded), (selector, value) in zip(sorts, values.items(), strict=True):
            field = self.page.locator(selector)
            if is_folded:
                for folded in field.first.locator(_FOLDED_ABOVE).all():
                    folded.click()
            if sort == "radio":
                field.and_(self.page.locator(f'[value="{value}"]')).check()
            elif sort == "checkbox":
                field.set_checked(bool(value))
            elif sort == "file":
                field.set_input_files(value)  # type: ignore[arg-type]
            elif sort == "select-one":
                field.select_option(str(value))
            else:
                field.fill(str(value))


class Complainant(Screen):
    """Somebody with a telephone and no account."""

    def complain(self, text: str, **fields: object) -> tuple[str, str]:
        """Send the public form. Gives number and PIN."""
        self.open("/keluhan")
        self.fill(text=text, **{"consent": True, **fields})
        self.press()
        return self.receipt()

    def receipt(self) -> tuple[str, str]:
        """Number and PIN, as the page after sending shows them."""
        return (
            self.page.locator(".ticketnum").inner_text(),
            self.page.locator(".pin").inner_text(),
        )

    def track(self, number: str, pin: str) -> None:
        """Open a complaint with number and PIN."""
        self.open("/lacak")
        self.fill(number=number, pin=pin)
        self.press()

    def send(self, act: str, **fields: object) -> None:
        """Fill in and send the form of the complaint's page that belongs to this act, such as ``belum``.

        Fields are named by their last part.
        """
        form = f'form[action*="/{act}"]'
        self._fill({f'{form} [name$="{name}"]': value for name, value in fields.items()})
        self.press(f"{form} button[type=submit]")

    def rate(self, score: int, word: str = "") -> None:
        """One tap on a number, then a word about it."""
        self.press(f'#nilai button[value="{score}"]')
        if word:
            self.page.locator("#nilai textarea").fill(word)
            self.press('form[action$="/nilai/kata"] button[type=submit]')


class Member(Screen):
    """Somebody who works here."""

    def sign_in(self, username: str, password: str = PASSWORD) -> Member:
        """Sign in at the door."""
        self.open("/masuk")
        self.fill(username=username, password=password)
        self.press()
        return self

    def choose_password(self, present: str, new: str = STRONG) -> None:
        """Choose a password of one's own at the first sign-in."""
        self.fill(present=present, new=new, again=new)
        self.press()

    def sign_out(self) -> None:
        """Leave."""
        self.page.locator("summary.me").click()
        self.press('form[action="/keluar"] button')

    def record(self, text: str, **fields: object) -> str:
        """Take a complaint down at the counter. Gives its number."""
        self.open("/kerja/catat")
        self.fill(text=text, **fields)
        self.press()
        return self.page.locator(".ticketnum").inner_text()

    def listed(self, view: str) -> list[str]:
        """The numbers in a view of the person's own list."""
        self.open(f"/kerja?tampilan={view}")
        rows = self.page.locator(".list .c-no a")
        addresses: list[str] = rows.evaluate_all(
            "rows => rows.map(row => row.getAttribute('href'))"
        )
        return [address.rsplit("/", 1)[-1] for address in addresses]

    def open_ticket(self, number: str) -> None:
        """Open the page of a ticket."""
        self.open(f"/kerja/tiket/{number}")

    def take_next_step(self, number: str) -> None:
        """Open a ticket and press what it says is this person's next step."""
        self.open_ticket(number)
        self.press(".nextact > .row > .btn-main, .nextact > .row > form .btn-main")

    def triage(self, number: str, grade: str, category: str = "", **fields: object) -> None:
        """Grade and classify; ends on the page that sends it to units."""
        self.take_next_step(number)
        if category:
            self.page.locator("[name=category_id]").select_option(label=category)
        else:
            self.page.locator("[name=category_id]").select_option(index=1)
        self.fill(grade=grade, **fields)
        self.press("button[name=next][value=dispose]")

    def dispose(self, units: Sequence[str], note: str = "", officer: str = "") -> None:
        """On the page that sends to units: pick exactly these, by name."""
        parts = self.page.locator("ul.units > li")
        offered: list[list[str | bool]] = parts.evaluate_all(_UNITS_OFFERED)
        for number, (named, is_picked) in enumerate(offered):
            part = parts.nth(number)
            if (named in units) != is_picked:
                part.locator("input.pick").set_checked(named in units)
            if named in units and note:
                part.locator("[name$=note]").fill(note)
            if named in units and officer:
                part.locator("[name$=officer]").select_option(label=officer)
        self.press("footer .btn-main")

    def accept(self, number: str) -> None:
        """Accept the task of one's unit."""
        self.take_next_step(number)

    def submit(self, number: str, findings: str, draft: str, **fields: object) -> None:
        """Write the unit's answer."""
        self.take_next_step(number)
        self.fill(findings=findings, draft_answer=draft, **{"root_cause": "procedure", **fields})
        self.press("footer .btn-main")

    def send_back(self, number: str, reason: str) -> None:
        """Not for our unit: send the task back to customer care."""
        self.open_act(number, "kembalikan")
        self.fill(reason=reason)
        self.press("footer .btn-main")

    def ask(self, number: str, question: str) -> None:
        """Ask the complainant something."""
        self.open(f"/kerja/tiket/{number}/tanya")
        self.fill(text=question)
        self.press("footer .btn-main")

    def open_act(self, number: str, act: str) -> None:
        """Open a ticket and follow the link to an act, by the end of its address; unfolds the menu for it."""
        self.open_ticket(number)
        link = self.page.locator(f'.nextact a[href$="/{act}"]').first
        if link.evaluate("one => one.closest('details:not([open])') !== null"):
            self.page.locator(".nextact details.menu > summary").click()
        self.press(link)

    def approve(self, number: str) -> None:
        """Read the unit's answer and approve it."""
        self.take_next_step(number)
        self.press("footer .btn-main")

    def answer(self, number: str, text: str = "", **fields: object) -> None:
        """Give the complainant the final answer; left empty, as it was prepared from the units' drafts."""
        self.take_next_step(number)
        self.fill(**({"text": text} if text else {}), **fields)
        self.press("footer .btn-main")


class Administrator(Member):
    """Somebody who keeps units and people."""

    def add_unit(self, code: str, name: str) -> None:
        """Enter a unit."""
        self.open("/admin/unit/baru")
        self.fill(name_id=name, name_en=name, code=code)
        self.press()

    def add_person(self, username: str, full_name: str, role: str, unit: str = "") -> str:
        """Enter a person with one role, in a unit where the role is held in one. Gives the one-time password."""
        self.open("/admin/pengguna/baru")
        self.fill(full_name=full_name, username=username)
        if unit:
            self.page.locator("#officer_in").get_by_label(unit, exact=True).check()
        else:
            self.page.locator(f'#roles [value="{role}"]').check()
        self.press()
        return self.page.locator("main .plate").inner_text()
