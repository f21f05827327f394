"""Every page of the house, who looks at it and what they do there first; and what answers a GET but is no page."""

from __future__ import annotations

import pyotp

from tests.browser.gallery import RECOVERY_CODES_OF_HARI
from tests.browser.scenes import (
    IMPROVEMENT_SCENES,
    INTAKE_SCENES,
    LETTER_SCENES,
    MAIL_SCENES,
    MAIL_SETTINGS_SCENES,
    STRANGER,
    TALK_SCENES,
    TIME_SCENES,
    VERDICT_SCENES,
    WHATSAPP_SETTINGS_SCENES,
    Scene,
)
from tests.support.cast import PASSWORD
from tests.support.screens import Administrator, Complainant, Member, Screen, photo


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


def _rate(screen: Screen) -> None:
    Complainant(screen.page).rate(4)


def _choose_to_end(screen: Screen) -> None:
    screen.page.locator('[name=act][value="akhiri"]').check()
    screen.press("main form .btn-main[type=submit]")


def _record(screen: Screen) -> None:
    Member(screen.page).record("Kursi roda tidak ada di lobi.", name="Pak Amir")


def _add_person(screen: Screen) -> None:
    Administrator(screen.page).add_person("gina", "Gina Safitri", "care")


def _stale(screen: Screen) -> None:
    screen.fill(reason="Menyangkut keselamatan.", grade="merah")
    screen.page.locator("main [name=version]").evaluate("one => { one.value = '0' }")
    screen.press("footer .btn-main")


def _say_who(screen: Screen) -> None:
    screen.fill(checked="KTP dilihat.")
    _press_on(screen)


def _press_on(screen: Screen) -> None:
    screen.press("footer .btn-main")


def _show_keys(screen: Screen) -> None:
    screen.page.keyboard.press("?")
    screen.page.locator("#keys[open]").wait_for()


def _give_password(screen: Screen, who: str = "hari") -> None:
    screen.fill(username=who, password=PASSWORD)
    screen.press()


def _give_wrong_code(screen: Screen) -> None:
    _give_password(screen)
    screen.fill(code="0000x0")
    screen.press()


def _pass_both_steps(screen: Screen) -> None:
    _give_password(screen)
    screen.fill(code=RECOVERY_CODES_OF_HARI.pop())
    screen.press()
    assert screen.path.startswith("/akun/dua-langkah")


def _enrol_wrongly(screen: Screen) -> None:
    screen.fill(code="000000", password=PASSWORD)
    screen.press()


def _enrol(screen: Screen) -> None:
    _give_password(screen, "gita")
    secret = screen.page.locator(".secret").text_content() or ""
    screen.fill(code=pyotp.TOTP(secret.replace(" ", "")).now(), password=PASSWORD)
    screen.press()
    assert screen.page.locator(".codes li").count() == 10


def _show_telephone_code(screen: Screen) -> None:
    screen.press(".btn-main")
    _unfold(screen)
    assert "PETUGAS" in screen.page.locator(".secret").inner_text()


def _leave_out_the_link(screen: Screen) -> None:
    screen.fill(body="Silakan baca {jawaban}.")
    screen.press("main [value=look]")


def _look_at_list(screen: Screen) -> None:
    screen.fill(text=LIST)
    screen.press("main [value=look]")


def _look_at_wrong_list(screen: Screen) -> None:
    screen.fill(text=LIST + "x;Siapa;bukan surel;raja;;\n")
    screen.press("main [value=look]")


def _take_list(screen: Screen) -> None:
    _look_at_list(screen)
    screen.press("main [value=keep]")


def _unfold(screen: Screen) -> None:
    folded = screen.page.locator("main details:not([open]) > summary")
    while folded.count():
        folded.first.click()


def _give_another_number(screen: Screen) -> None:
    screen.follow("Cara kami menghubungi Anda")
    screen.fill(whatsapp="0812")
    screen.press()


def _never_answer(screen: Screen) -> None:
    screen.fill(**{"answer-merah-amount": "24", "answer-merah-is_pausable": True})
    screen.press()


def _write_no_hours(screen: Screen) -> None:
    screen.fill(name_id="Shift rawat inap", code="rawat-inap", monday="pagi sampai sore")
    screen.press()


def _hand_in_holidays(screen: Screen) -> None:
    table = "tanggal;nama\n2031-12-25;Natal\n2026-12-25;Natal\nbesok;Entah\n"
    screen.fill(file={"name": "libur.csv", "mimeType": "text/csv", "buffer": table.encode()})
    screen.press()


LIST = (
    "nama pengguna;nama;surel;peran;petugas unit;telepon\n"
    "rina.oktavia;Rina Oktavia;rina@example.org;care;;1\nbudi;Budi Santoso, S.Farm.;;;farmasi;2\n"
    "lisa;Lisa Marlina;;intake;;3\n"
)


TICKET = "/kerja/tiket/{%s}"
CASE = "/admin/kebijakan/uji?tanggal=2026-12-23&jam=15:00&tingkat=hijau&unit="
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
    Scene("received-large", STRANGER, "/keluhan?huruf=besar", act=_complain),
    Scene("already-sent", STRANGER, "/keluhan", act=_complain_otherwise),
    Scene("track", STRANGER, "/lacak"),
    Scene("track-refused", STRANGER, "/lacak", act=_unanswered),
    Scene("complaint-new", STRANGER, "/k/{new_link}"),
    Scene("complaint-late", STRANGER, "/k/{late_link}"),
    Scene("complaint-asked", STRANGER, "/k/{asked_link}"),
    Scene("complaint-answered", STRANGER, "/k/{answered_link}", act=_unfold),
    Scene("complaint-closed", STRANGER, "/k/{closed_link}"),
    Scene("contacts", STRANGER, "/k/{new_link}", act=_give_another_number),
    Scene("complaint-work-en", STRANGER, "/k/{work_link}?bahasa=en"),
    Scene("complaint-large", STRANGER, "/k/{answered_link}?huruf=besar", act=_unfold),
    Scene("complain-large", STRANGER, "/keluhan?huruf=besar"),
    Scene("complaint-rated", STRANGER, "/k/{closed_link}", act=_rate),
    Scene("openness", STRANGER, "/keterbukaan"),
    Scene("openness-en", STRANGER, "/keterbukaan?bahasa=en"),
    Scene("rights", STRANGER, "/hak-pelapor"),
    Scene("privacy", STRANGER, "/pelindungan-data"),
    Scene("not-found", STRANGER, "/tidak-ada", status=404),
    Scene("sign-in", STRANGER, "/masuk"),
    Scene("sign-in-refused", STRANGER, "/masuk", act=_mistype),
    Scene("account", "sari", "/akun"),
    Scene("telephone", "sari", "/akun/whatsapp", act=_show_telephone_code),
    Scene("telephone-connected", "lestari", "/akun/whatsapp"),
    Scene("leave", "lestari", "/akun/cuti"),
    Scene("password", "sari", "/akun/kata-sandi"),
    Scene("second-factor-enrol", "joko", "/akun/dua-langkah", act=_unfold),
    Scene("second-factor-enrol-en", "dimas", "/akun/dua-langkah"),
    Scene("second-factor-refused", "sari", "/akun/dua-langkah", act=_enrol_wrongly),
    Scene("recovery-codes", STRANGER, "/akun/dua-langkah", act=_enrol),
    Scene("second-factor", STRANGER, "/akun/dua-langkah", act=_pass_both_steps),
    Scene("second-factor-remove", STRANGER, "/akun/dua-langkah/matikan", act=_pass_both_steps),
    Scene("recovery-codes-renew", STRANGER, "/akun/dua-langkah/kode-pemulihan", act=_pass_both_steps),
    Scene("second-step", STRANGER, "/masuk/kode", act=_give_password),
    Scene("second-step-refused", STRANGER, "/masuk/kode", act=_give_wrong_code),
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
    Scene("ticket-copied", "tono", TICKET % "copied"),
    Scene("take-note", "tono", "/kerja/tiket/{copied}/disposisi/{copied_keuangan}/sudah-dibaca"),
    Scene("unit-to-read", "tono", "/kerja/unit/{keuangan}?tampilan=untuk-dibaca"),
    Scene("regrade", "sari", TICKET % "work" + "/ubah-grading"),
    Scene("regrade-conflict", "sari", TICKET % "work" + "/ubah-grading", act=_stale),
    Scene("reclassify", "sari", TICKET % "work" + "/ubah-klasifikasi"),
    Scene("amend", "sari", TICKET % "work" + "/perbaiki-data"),
    Scene("take", "ratih", TICKET % "work" + "/ambil"),
    Scene("exit", "sari", TICKET % "new" + "/akhiri"),
    Scene("guard", "sari", TICKET % "guarded" + "/kerahasiaan"),
    Scene("redact", "sari", TICKET % "work" + "/salinan-unit"),
    Scene("new-pin", "sari", TICKET % "unread" + "/pin-baru"),
    Scene("new-pin-given", "sari", TICKET % "unread" + "/pin-baru", act=_say_who),
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
    Scene("letter", "sari", TICKET % "answered" + "/surat"),
    Scene("letter-closing-en", "dimas", TICKET % "closed" + "/surat"),
    Scene("letter-issued", "sari", TICKET % "closed" + "/surat?jenis=jawaban", act=_press_on),
    Scene("case-file", "sari", TICKET % "work" + "/berkas-kasus"),
    Scene("case-file-unit-en", "lestari", TICKET % "work" + "/berkas-kasus"),
    Scene("case-file-waiting", "sari", TICKET % "new" + "/berkas-kasus"),
    Scene("posters", "sari", "/kerja/poster"),
    Scene("object", "sari", TICKET % "answered" + "/keberatan"),
    Scene("close-unilaterally", "ratih", TICKET % "answered" + "/tutup-sepihak"),
    Scene("delete-data", "ratih", TICKET % "closed" + "/hapus-data"),
    Scene("hold-data", "ratih", TICKET % "closed" + "/tahan-data"),
    Scene("release-data", "ratih", TICKET % "closed" + "/lepas-data"),
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
    Scene("overview-month", "hanifah", "/pimpinan/?periode={month}", act=_unfold),
    Scene("overview-quarter", "ratih", "/pimpinan/?periode={quarter}"),
    Scene("behind-a-figure", "hanifah", "/pimpinan/tiket?angka=terlambat"),
    Scene("behind-a-unit", "hanifah", "/pimpinan/tiket?angka=unit&unit={farmasi}&periode={month}"),
    Scene("summaries", "hanifah", "/pimpinan/ringkasan"),
    Scene("summary", "hanifah", "/pimpinan/ringkasan/{summary}"),
    Scene("summary-en", "hanifah", "/pimpinan/ringkasan/{summary_en}"),
    Scene("summary-under-way", "hanifah", "/pimpinan/ringkasan/{summary_under_way}"),
    Scene("summary-failed", "hanifah", "/pimpinan/ringkasan/{summary_failed}"),
    Scene("summary-monthly", "hanifah", "/pimpinan/ringkasan/pengaturan"),
    Scene("ticket-leadership", "hanifah", TICKET % "late"),
    Scene("instruct", "hanifah", TICKET % "late" + "/arahan"),
    Scene("instruct-refused", "hanifah", TICKET % "late" + "/arahan", act=_press_on),
    Scene("instructions", "hanifah", "/pimpinan/arahan"),
    Scene("instructions-none", "hanifah", "/pimpinan/arahan?keadaan=diterima"),
    Scene("instructed", "budi", TICKET % "late"),
    Scene("instructed-pile", "budi", "/kerja/unit/{farmasi}?tampilan=arahan"),
    Scene("instructed-en", "lestari", TICKET % "late"),
    Scene("acknowledge", "budi", TICKET % "late" + "/arahan/{order}/terima"),
    Scene("answer-instruction", "budi", TICKET % "late" + "/arahan/{order}/jawab"),
    Scene("wallboard", "hanifah", "/pimpinan/papan"),
    Scene("wallboard-by-link", STRANGER, "/pimpinan/papan/{board_key}"),
    Scene("several", "sari", "/kerja/beberapa?nomor={new}&nomor={work}"),
    Scene("several-refused", "sari", "/kerja/beberapa?nomor={new}", act=_choose_to_end),
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
    Scene("policies", "ayu", "/admin/kebijakan"),
    Scene("policy-version", "ayu", "/admin/kebijakan/1"),
    Scene("policy-new", "ayu", "/admin/kebijakan/baru", act=_unfold),
    Scene("policy-refused", "ayu", "/admin/kebijakan/baru", act=_never_answer),
    Scene("try-a-case", "ayu", "/admin/kebijakan/uji"),
    Scene("case-tried", "ayu", CASE, act=_unfold),
    Scene("calendars", "ayu", "/admin/kalender"),
    Scene("calendar", "ayu", "/admin/kalender/1"),
    Scene("calendar-second", "ayu", "/admin/kalender/2"),
    Scene("calendar-new", "ayu", "/admin/kalender/baru"),
    Scene("calendar-refused", "ayu", "/admin/kalender/baru", act=_write_no_hours),
    Scene("holidays", "ayu", "/admin/kalender/libur?tahun=2026"),
    Scene("holidays-none", "ayu", "/admin/kalender/libur?tahun=2090"),
    Scene("holiday-import", "ayu", "/admin/kalender/libur/impor"),
    Scene("holiday-preview", "ayu", "/admin/kalender/libur/impor", act=_hand_in_holidays),
    Scene("holidays-proposed", "ayu", "/admin/kalender/libur/usulan?tahun=2029"),
    Scene("organisation", "ayu", "/admin/organisasi"),
    Scene("logo", "ayu", "/admin/organisasi/logo"),
    Scene("logo-refused", "ayu", "/admin/organisasi/logo", act=_unanswered),
    Scene("retention", "ayu", "/admin/organisasi/retensi"),
    Scene("outbox", "ayu", "/admin/kotak-keluar"),
    Scene("message", "ayu", "/admin/kotak-keluar/{message}"),
    Scene("audit-trail", "ayu", "/admin/jejak-audit"),
    Scene("audit-trail-asked", "ayu", "/admin/jejak-audit?tindakan=sign_in&sampai=2099-01-01"),
    Scene("audit-trail-nothing", "ayu", "/admin/jejak-audit?dari=2000-01-01&sampai=2000-01-02"),
    Scene("message-words", "ayu", "/admin/pesan"),
    Scene("message-words-edit", "ayu", "/admin/pesan/received/id", act=_unfold),
    Scene("message-words-refused", "ayu", "/admin/pesan/answered/id", act=_leave_out_the_link),
    Scene("letter-words", "ayu", "/admin/surat"),
    Scene("letter-words-edit", "ayu", "/admin/surat/receipt/id", act=_unfold),
    Scene("people-import", "ayu", "/admin/pengguna/impor", act=_unfold),
    Scene("people-import-looked-at", "ayu", "/admin/pengguna/impor", act=_look_at_list),
    Scene("people-import-refused", "ayu", "/admin/pengguna/impor", act=_look_at_wrong_list),
    Scene("people-import-passwords", "ayu", "/admin/pengguna/impor", act=_take_list),
    Scene("units-import", "ayu", "/admin/unit/impor"),
    *INTAKE_SCENES,
    *MAIL_SCENES,
    *MAIL_SETTINGS_SCENES,
    *WHATSAPP_SETTINGS_SCENES,
    *TALK_SCENES,
    *VERDICT_SCENES,
    *TIME_SCENES,
    *IMPROVEMENT_SCENES,
    *LETTER_SCENES,
)  # fmt: skip
AT_WORK = tuple(scene for scene in SCENES if scene.path.startswith("/kerja"))
ELSEWHERE = tuple(scene for scene in SCENES if scene not in AT_WORK)
# What a GET answers that is no page: papers, files, fragments, the way on to another page.
NO_PAGES = {
    "leadership.board_now", "leadership.overview_now", "leadership.summary_progress", "leadership.wallboard_now",
    "admin.unit_sheet", "admin.user_sheet",
    "public.at_place", "public.letter", "staff.case_file_pdf", "staff.case_file_progress", "staff.letter",
    "staff.posters_pdf", "staff.mail_html", "staff.mail_original", "staff.sent_message_html",
    "account.go_home", "account.telephone_code_again", "admin.backup_progress", "admin.export_holidays",
    "admin.recompute_progress",
    "health.alive", "health.read_metrics", "health.ready", "hooks.verify_whatsapp", "public.file",
    "public.latest", "public.receipt", "public.receipt_with_pin", "staff.counter_receipt", "staff.file",
    "staff.original", "staff.picture", "staff.recording", "staff.talk_file", "staff.talk_of_message",
    "staff.receipt", "staff.sheet", "staff.view_counts", "static_asset",
}  # fmt: skip
REACHED_ON_THE_WAY = {
    "public.lost_keys_asked",
    "public.complaint",
    "public.contacts",
    "public.received",
    "staff.recorded",
}
