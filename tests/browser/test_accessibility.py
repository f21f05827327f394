"""Every page for every eye: axe-core in light and dark, nothing wider than a telephone, nothing the CSP refuses.

The pages' pictures are kept in build/screens, to be looked at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page, Request

from tests.browser.conftest import House
from tests.browser.gallery import Gallery
from tests.support.browser import PHONE, NewContext, Shoot
from tests.support.screens import Administrator, Complainant, Member, Screen, photo

STRANGER = ""


@dataclass(frozen=True)
class Scene:
    """A page, who looks at it, and what they do there first."""

    name: str
    who: str
    path: str
    status: int = 200
    act: Callable[[Screen], None] | None = None


def _unanswered(screen: Screen) -> None:
    """Send a form as it stands, without a word."""
    screen.press("main form .btn-main[type=submit]")


def _mistype(screen: Screen) -> None:
    screen.fill(username="siapa", password="entah apa saja")
    screen.press()


def _name_taken(screen: Screen) -> None:
    screen.fill(full_name="Budi Santoso", username="budi")
    screen.press()


def _complain(screen: Screen) -> None:
    Complainant(screen.page).complain("Lampu tangga darurat mati.", files=[photo()])


def _complain_otherwise(screen: Screen) -> None:
    screen.fill(text="Air minum di ruang tunggu habis.", consent=True)
    once = screen.page.locator("main [name=once]").input_value()
    screen.press()
    screen.open("/keluhan")
    screen.page.locator("main [name=once]").evaluate("(one, key) => { one.value = key }", once)
    screen.fill(text="Air minum di ruang tunggu habis, gelasnya juga.", consent=True)
    screen.press()


def _record(screen: Screen) -> None:
    Member(screen.page).record("Kursi roda tidak ada di lobi.", name="Pak Amir")


def _add_person(screen: Screen) -> None:
    Administrator(screen.page).add_person("gina", "Gina Safitri", "care")


def _stale(screen: Screen) -> None:
    screen.fill(reason="Menyangkut keselamatan.", grade="merah")
    screen.page.locator("main [name=version]").evaluate("one => { one.value = '0' }")
    screen.press("footer .btn-main")


def _press_on(screen: Screen) -> None:
    screen.press("footer .btn-main")


def _show_keys(screen: Screen) -> None:
    screen.page.keyboard.press("?")
    screen.page.locator("#keys[open]").wait_for()


def _unfold(screen: Screen) -> None:
    folded = screen.page.locator("main details:not([open]) > summary")
    while folded.count():
        folded.first.click()


TICKET = "/kerja/tiket/{%s}"
WORK = "/kerja/tiket/{work}/disposisi/{work_%s}"
SCENES = (
    Scene("home", STRANGER, "/"),
    Scene("home-en", STRANGER, "/?bahasa=en"),
    Scene("home-large", STRANGER, "/?huruf=besar"),
    Scene("complain", STRANGER, "/keluhan?tempat=farmasi"),
    Scene("complain-unfolded", STRANGER, "/keluhan", act=_unfold),
    Scene("complain-en", STRANGER, "/keluhan?bahasa=en"),
    Scene("complain-refused", STRANGER, "/keluhan", act=_unanswered),
    Scene("received", STRANGER, "/keluhan", act=_complain),
    Scene("already-sent", STRANGER, "/keluhan", act=_complain_otherwise),
    Scene("track", STRANGER, "/lacak"),
    Scene("track-refused", STRANGER, "/lacak", act=_unanswered),
    Scene("complaint-new", STRANGER, "/k/{new_link}"),
    Scene("complaint-late", STRANGER, "/k/{late_link}"),
    Scene("complaint-asked", STRANGER, "/k/{asked_link}"),
    Scene("complaint-answered", STRANGER, "/k/{answered_link}", act=_unfold),
    Scene("complaint-closed", STRANGER, "/k/{closed_link}"),
    Scene("complaint-work-en", STRANGER, "/k/{work_link}?bahasa=en"),
    Scene("rights", STRANGER, "/hak-pelapor"),
    Scene("privacy", STRANGER, "/pelindungan-data"),
    Scene("not-found", STRANGER, "/tidak-ada", status=404),
    Scene("sign-in", STRANGER, "/masuk"),
    Scene("sign-in-refused", STRANGER, "/masuk", act=_mistype),
    Scene("account", "sari", "/akun"),
    Scene("password", "sari", "/akun/kata-sandi"),
    Scene("worklist", "sari", "/kerja"),
    Scene("worklist-all", "sari", "/kerja?tampilan=semua"),
    Scene("worklist-en", "dimas", "/kerja?tampilan=semua"),
    Scene("worklist-empty", "sari", "/kerja?tampilan=semua&kanal=letter"),
    Scene("worklist-keys", "sari", "/kerja?tampilan=semua", act=_show_keys),
    Scene("records", "joko", "/kerja"),
    Scene("records-own", "joko", "/kerja/catatan-saya"),
    Scene("search", "sari", "/kerja/cari?cari=obat"),
    Scene("search-nothing", "sari", "/kerja/cari?cari=zzzz"),
    Scene("record", "joko", "/kerja/catat"),
    Scene("record-refused", "joko", "/kerja/catat", act=_unanswered),
    Scene("recorded", "joko", "/kerja/catat", act=_record),
    Scene("ticket-new", "sari", TICKET % "new"),
    Scene("ticket-work", "sari", TICKET % "work"),
    Scene("ticket-work-en", "dimas", TICKET % "work"),
    Scene("ticket-late", "sari", TICKET % "late"),
    Scene("ticket-guarded", "sari", TICKET % "guarded"),
    Scene("ticket-answered", "sari", TICKET % "answered"),
    Scene("ticket-closed", "sari", TICKET % "closed"),
    Scene("ticket-unit", "budi", TICKET % "work"),
    Scene("ticket-head-en", "lestari", TICKET % "work"),
    Scene("ticket-not-theirs", "tono", TICKET % "new", status=404),
    Scene("triage", "sari", TICKET % "new" + "/verifikasi"),
    Scene("triage-en", "dimas", TICKET % "new" + "/verifikasi"),
    Scene("triage-refused", "sari", TICKET % "new" + "/verifikasi", act=_press_on),
    Scene("dispose", "sari", TICKET % "graded" + "/disposisi"),
    Scene("regrade", "sari", TICKET % "work" + "/ubah-grading"),
    Scene("regrade-conflict", "sari", TICKET % "work" + "/ubah-grading", act=_stale),
    Scene("reclassify", "sari", TICKET % "work" + "/ubah-klasifikasi"),
    Scene("take", "ratih", TICKET % "work" + "/ambil"),
    Scene("exit", "sari", TICKET % "new" + "/akhiri"),
    Scene("guard", "sari", TICKET % "guarded" + "/kerahasiaan"),
    Scene("redact", "sari", TICKET % "work" + "/salinan-unit"),
    Scene("new-pin", "sari", TICKET % "unread" + "/pin-baru"),
    Scene("new-pin-given", "sari", TICKET % "unread" + "/pin-baru", act=_press_on),
    Scene("note", "sari", TICKET % "work" + "/catatan"),
    Scene("note-unit", "budi", WORK % "farmasi" + "/catatan"),
    Scene("ask", "sari", TICKET % "work" + "/tanya"),
    Scene("ask-unit", "budi", WORK % "farmasi" + "/tanya"),
    Scene("add-message", "sari", TICKET % "asked" + "/pesan-pelapor"),
    Scene("follow-up", "sari", TICKET % "work" + "/tindak-lanjut"),
    Scene("follow-up-unit", "budi", WORK % "farmasi" + "/tindak-lanjut"),
    Scene("interim", "sari", TICKET % "work" + "/balasan-sementara"),
    Scene("answer", "sari", TICKET % "approved" + "/jawaban-akhir"),
    Scene("answer-too-soon", "sari", TICKET % "work" + "/jawaban-akhir"),
    Scene("object", "sari", TICKET % "answered" + "/keberatan"),
    Scene("close-unilaterally", "ratih", TICKET % "answered" + "/tutup-sepihak"),
    Scene("accept", "budi", "/kerja/tiket/{late}/disposisi/{late_farmasi}/terima"),
    Scene("submit", "budi", WORK % "farmasi" + "/jawaban"),
    Scene("send-back", "budi", WORK % "farmasi" + "/kembalikan"),
    Scene("assign", "lestari", WORK % "farmasi" + "/tugaskan"),
    Scene("approve", "sari", WORK % "keuangan" + "/setujui"),
    Scene("return-answer", "sari", WORK % "keuangan" + "/minta-perbaikan"),
    Scene("recall", "sari", WORK % "farmasi" + "/tarik"),
    Scene("unit", "budi", "/kerja/unit/{farmasi}"),
    Scene("unit-head-en", "lestari", "/kerja/unit/{farmasi}"),
    Scene("overview", "hanifah", "/pimpinan/"),
    Scene("overview-month", "hanifah", "/pimpinan/?bulan={month}"),
    Scene("behind-a-figure", "hanifah", "/pimpinan/tiket?angka=terlambat"),
    Scene("behind-a-unit", "hanifah", "/pimpinan/tiket?angka=unit&unit={farmasi}&bulan={month}"),
    Scene("ticket-leadership", "hanifah", TICKET % "late"),
    Scene("forbidden", "hanifah", "/admin/", status=403),
    Scene("admin", "ayu", "/admin/"),
    Scene("people", "ayu", "/admin/pengguna"),
    Scene("people-nobody", "ayu", "/admin/pengguna?cari=zzz"),
    Scene("person", "ayu", "/admin/pengguna/{user}"),
    Scene("person-roles", "ayu", "/admin/pengguna/{user}/peran"),
    Scene("person-new", "ayu", "/admin/pengguna/baru"),
    Scene("person-refused", "ayu", "/admin/pengguna/baru", act=_name_taken),
    Scene("one-time-password", "ayu", "/admin/pengguna/baru", act=_add_person),
    Scene("units", "ayu", "/admin/unit"),
    Scene("unit-edit", "ayu", "/admin/unit/{farmasi}"),
    Scene("unit-new", "ayu", "/admin/unit/baru"),
    Scene("categories", "ayu", "/admin/kategori"),
    Scene("category", "ayu", "/admin/kategori/{category}"),
    Scene("category-new", "ayu", "/admin/kategori/baru"),
    Scene("places", "ayu", "/admin/tempat"),
    Scene("place", "ayu", "/admin/tempat/{place}"),
    Scene("place-new", "ayu", "/admin/tempat/baru"),
    Scene("policies", "ayu", "/admin/batas-waktu"),
    Scene("calendars", "ayu", "/admin/kalender"),
    Scene("organisation", "ayu", "/admin/organisasi"),
    Scene("outbox", "ayu", "/admin/kotak-keluar"),
    Scene("message", "ayu", "/admin/kotak-keluar/{message}"),
    Scene("audit-trail", "ayu", "/admin/jejak-audit"),
)  # fmt: skip
SEEN_IN_THE_DARK = {"home", "complaint-answered", "worklist-all", "ticket-work", "overview"}
# What a GET answers that is no page: papers, files, fragments, the way on to another page.
NO_PAGES = {
    "account.go_home", "health.alive", "public.file",
    "public.latest", "public.receipt", "public.receipt_with_pin", "staff.counter_receipt", "staff.file",
    "staff.original", "staff.picture", "staff.receipt", "staff.sheet", "staff.view_counts", "static_asset",
}  # fmt: skip
REACHED_ON_THE_WAY = {"public.complaint", "public.received", "staff.recorded"}


@pytest.fixture(scope="module")
def gallery(house: House) -> Gallery:
    """One complaint in every state."""
    return Gallery(house).hang()


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_a_page_is_for_every_eye(
    scene: Scene, gallery: Gallery, house: House, new_context: NewContext, shoot: Shoot
) -> None:
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
        shoot(screen.page, scene.name)
        if scene.name in SEEN_IN_THE_DARK:
            shoot(screen.page, scene.name, dark=True)


def test_no_page_was_forgotten(gallery: Gallery, house: House) -> None:
    app = house.live.app
    routes = app.url_map.bind("localhost")
    seen = {
        routes.match(scene.path.format(**gallery.places).partition("?")[0])[0]
        for scene in SCENES
        if scene.name != "not-found"
    }
    pages = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert pages - seen - NO_PAGES - REACHED_ON_THE_WAY == set()


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


def blockers(page: Page) -> list[str]:
    """What axe-core calls serious or critical."""
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {node['target']} {node['html'][:120]} {_why(node)}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


def _why(node: dict[str, list[dict[str, str]]]) -> str:
    return re.sub(r"\s+", " ", "; ".join(one["message"] for one in node["any"]))


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


def _seat(who: str, house: House, new_context: NewContext) -> Screen:
    if who == STRANGER:
        return Screen(new_context().new_page())
    return house.member(new_context, who)
