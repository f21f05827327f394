"""A page, who looks at it and what they do there first; and the scenes at the edges of intake."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.support.screens import Screen

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
    screen.press("main form .btn-main[type=submit]")


def _unfold(screen: Screen) -> None:
    folded = screen.page.locator("main details:not([open]) > summary")
    while folded.count():
        folded.first.click()


def _lose_keys(screen: Screen) -> None:
    screen.fill(number="KLH-26-00042-8", contact="0812 3456 0172")
    screen.press()


def _complain_the_same(screen: Screen) -> None:
    for _ in range(2):
        screen.open("/keluhan")
        screen.fill(text="Air minum di ruang tunggu habis.", wish="anonim")
        screen.press()


def _type_the_like(screen: Screen) -> None:
    screen.fill(text="Sirup racikan anak habis, kami disuruh beli di luar.", phone="0812-3456-0172")
    screen.page.locator("[data-likely] li").first.wait_for()


def _record_the_like(screen: Screen) -> None:
    screen.fill(text="Sirup racikan anak habis, kami disuruh beli di luar.", phone="0812-3456-0172")
    screen.press("main form .btn-big[type=submit]")


def _open_box(screen: Screen) -> None:
    screen.fill(
        **{
            "box": "Lobi utama",
            "slips-0-text": "Kamar mandi lantai 2 bau.",
            "slips-1-text": "Suster ruang Melati ramah sekali.",
            "slips-2-text": "Parkir motor penuh.",
            "slips-2-phone": "12",
        }
    )
    screen.press("main form .btn-big[type=submit]")


def _lay_aside_for_nothing(screen: Screen) -> None:
    screen.press("form[action$=buang] button")


def _try_mailbox(screen: Screen) -> None:
    screen.press('form[action*="/coba"] button')


def _want_port_zero(screen: Screen) -> None:
    screen.fill(port=0)
    screen.press("main form .btn-main[type=submit]")


def _try_whatsapp(screen: Screen) -> None:
    screen.fill(number="0812-3456-0172")
    screen.press('form[action*="/whatsapp/coba"] button')


def _want_no_version(screen: Screen) -> None:
    _unfold(screen)
    screen.fill(graph_version="dua")
    screen.press("main form .btn-main[type=submit]")


def _unfold_frame(screen: Screen) -> None:
    _unfold(screen)
    # axe-core speaks to the empty page that stands there until the mail has come, and the browser complains of it
    screen.page.frame_locator(".mail-frame").locator("p").first.wait_for()


def _choose_no_message(screen: Screen) -> None:
    screen.press("form[action$=tiket] button")


def _write_to_them(screen: Screen) -> None:
    screen.page.locator(".tabs label").last.click()


def _note_nothing(screen: Screen) -> None:
    screen.press("footer .btn-main")


def _insert_canned(screen: Screen) -> None:
    screen.fill(text="Salam. ")
    _unfold(screen)
    screen.page.locator("[data-canned-for] a").first.click()
    written = screen.page.locator("[name=text]").input_value()
    assert written.startswith("Salam. Yth. ")
    assert "kuitansi" in written


TICKET = "/kerja/tiket/{%s}"
INTAKE_SCENES = (
    Scene("complaint-merged", STRANGER, "/k/{follower_link}"),
    Scene("lost-keys", STRANGER, "/lacak/lupa"),
    Scene("lost-keys-refused", STRANGER, "/lacak/lupa", act=_unanswered),
    Scene("lost-keys-asked", STRANGER, "/lacak/lupa", act=_lose_keys),
    Scene("received-before", STRANGER, "/keluhan", act=_complain_the_same),
    Scene("record-likely", "sari", "/kerja/catat", act=_type_the_like),
    Scene("record-stopped", "sari", "/kerja/catat", act=_record_the_like),
    Scene("own-complaint", "sari", TICKET % "new" + "/pesan/{new_said}/tersendiri"),
    Scene("suggestion-box", "joko", "/kerja/catat/kotak-saran"),
    Scene("suggestion-box-refused", "joko", "/kerja/catat/kotak-saran", act=_open_box),
    Scene("ticket-lead", "sari", TICKET % "lead", act=_unfold),
    Scene("ticket-merged", "sari", TICKET % "follower"),
    Scene("triage-likely", "sari", TICKET % "twin" + "/verifikasi"),
    Scene("merge-choose", "sari", TICKET % "twin" + "/gabung"),
    Scene("merge", "sari", TICKET % "graded" + "/gabung?dengan={lead}"),
    Scene("split", "sari", TICKET % "follower" + "/pisahkan"),
    Scene("resend", "sari", TICKET % "work" + "/kirim-tautan"),
)
MAIL_SCENES = (
    Scene("quarantine", "sari", "/kerja/karantina"),
    Scene("quarantine-en", "dimas", "/kerja/karantina"),
    Scene("quarantined", "sari", "/kerja/karantina/{mail_aside}"),
    Scene(
        "quarantined-refused", "sari", "/kerja/karantina/{mail_aside}", act=_lay_aside_for_nothing
    ),
    Scene("mail", "sari", "/kerja/surel/{mail}", act=_unfold_frame),
    Scene("mail-apart", "sari", "/kerja/karantina?keadaan=otomatis"),
    Scene("mail-apart-none-en", "dimas", "/kerja/karantina?keadaan=salinan"),
    Scene("mail-machine", "sari", "/kerja/surel/{mail_machine}"),
    Scene("mail-reconsidered", "sari", "/kerja/karantina/{mail_machine}"),
    Scene("ticket-doubted", "sari", TICKET % "mail_doubted"),
    Scene("vouch", "sari", TICKET % "mail_doubted" + "/pengirim-benar"),
    Scene("ticket-mail", "sari", TICKET % "mail_ticket", act=_unfold),
    Scene("ticket-mail-linked-en", "dimas", TICKET % "mail_other"),
)
MAIL_SETTINGS_SCENES = (
    Scene("email", "ayu", "/admin/surel", act=_unfold),
    Scene("email-tried", "ayu", "/admin/surel", act=_try_mailbox),
    Scene("mailbox", "ayu", "/admin/surel/kotak/{mailbox}", act=_unfold),
    Scene("mailbox-new", "ayu", "/admin/surel/kotak/baru"),
    Scene("mailbox-refused", "ayu", "/admin/surel/kotak/{mailbox}", act=_want_port_zero),
    Scene("relay", "ayu", "/admin/surel/keluar", act=_unfold),
    Scene("route", "ayu", "/admin/surel/alamat/{route}"),
    Scene("route-new", "ayu", "/admin/surel/alamat/baru"),
)
WHATSAPP_SETTINGS_SCENES = (
    Scene("whatsapp", "ayu", "/admin/whatsapp"),
    Scene("whatsapp-tried", "ayu", "/admin/whatsapp", act=_try_whatsapp),
    Scene("whatsapp-number", "ayu", "/admin/whatsapp/nomor", act=_unfold),
    Scene("whatsapp-set-aside", "ayu", "/admin/whatsapp/disisihkan"),
    Scene("whatsapp-refused", "ayu", "/admin/whatsapp/nomor", act=_want_no_version),
)
TALK_SCENES = (
    Scene("talks", "sari", "/kerja/percakapan"),
    Scene("talks-en", "dimas", "/kerja/percakapan"),
    Scene("talk", "sari", "/kerja/percakapan/{talk}"),
    Scene("talk-hidden-en", "dimas", "/kerja/percakapan/{talk}"),
    Scene("talk-refused", "sari", "/kerja/percakapan/{talk}", act=_choose_no_message),
    Scene("ticket-whatsapp", "sari", TICKET % "talk_ticket", act=_write_to_them),
    Scene("ticket-whatsapp-en", "dimas", TICKET % "talk_ticket"),
    Scene("ticket-to-call", "sari", TICKET % "call"),
    Scene("note-call", "sari", TICKET % "call" + "/telepon"),
    Scene("note-call-refused", "dimas", TICKET % "call" + "/telepon", act=_note_nothing),
)
VERDICT_SCENES = (
    Scene("confirm", "sari", TICKET % "answered" + "/selesai"),
    Scene("confirm-refused", "dimas", TICKET % "answered" + "/selesai", act=_note_nothing),
    Scene("rate", "sari", TICKET % "answered" + "/nilai"),
    Scene("ticket-left", "sari", TICKET % "left"),
    Scene("revive", "sari", TICKET % "left" + "/tangani-lagi"),
    Scene("complaint-left", STRANGER, "/k/{left_link}"),
)
ONE = "/perbaikan/{improvement}"
IMPROVEMENT_SCENES = (
    Scene("improvements", "hanifah", "/perbaikan/"),
    Scene("improvement", "budi", ONE),
    Scene("improvement-done-en", "lestari", "/perbaikan/{improvement_done}"),
    Scene("improvement-new", "ratih", "/perbaikan/baru?tiket={late}"),
    Scene("improvement-refused-en", "lestari", "/perbaikan/baru", act=_unanswered),
    Scene("improvement-choose", "sari", "/perbaikan/untuk/{late}"),
    Scene("improvement-plan", "ratih", ONE + "/ubah"),
    Scene("improvement-finish-en", "lestari", ONE + "/selesai"),
    Scene("improvement-judge", "ratih", "/perbaikan/{improvement_done}/hasil"),
    Scene("improvement-drop", "ratih", ONE + "/batal"),
)
LONGER = TICKET % "longer" + "/disposisi/{longer_%s}"
TIME_SCENES = (
    Scene("ticket-time-asked", "sari", TICKET % "longer"),
    Scene("ticket-time-asked-unit", "budi", TICKET % "longer"),
    Scene("ask-time", "tono", LONGER % "keuangan" + "/minta-waktu"),
    Scene("ask-time-refused", "tono", LONGER % "keuangan" + "/minta-waktu", act=_note_nothing),
    Scene("set-deadline", "sari", LONGER % "farmasi" + "/batas-waktu"),
    Scene("set-deadline-unasked", "dimas", LONGER % "keuangan" + "/batas-waktu"),
    Scene("decline-time", "sari", LONGER % "farmasi" + "/tolak-waktu"),
)
LETTER_SCENES = (
    Scene("write-email", "sari", TICKET % "written" + "/email", act=_insert_canned),
    Scene("write-email-lost", "sari", TICKET % "lost" + "/email"),
    Scene("write-email-refused", "sari", TICKET % "written" + "/email", act=_unanswered),
    Scene("ticket-written", "sari", TICKET % "written"),
    Scene("ticket-undelivered-en", "dimas", TICKET % "lost"),
    Scene("sent-message", "sari", TICKET % "written" + "/pesan/{letter}", act=_unfold_frame),
    Scene("failed-message", "sari", TICKET % "lost" + "/pesan/{failed}"),
    Scene("send-again", "sari", TICKET % "lost" + "/pesan/{failed}/kirim-ulang"),
    Scene("message-failed", "ayu", "/admin/kotak-keluar/{failed}"),
    Scene("canned-texts", "ayu", "/admin/teks"),
    Scene("canned-text", "ayu", "/admin/teks/{canned}"),
    Scene("canned-text-new", "ayu", "/admin/teks/baru"),
)
