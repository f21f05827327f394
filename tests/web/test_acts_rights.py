"""Whose an act is: every act against every role, on opening its page and on sending its form."""

from __future__ import annotations

from io import BytesIO

import pytest
from flask import Flask
from pypdf import PdfReader

from helpdesk.tickets.dispositions import Instruction, dispose_ticket
from helpdesk.tickets.sheets import issue_sheet_of
from helpdesk.tickets.ticket import Ticket
from helpdesk.tickets.triage import redact_ticket
from tests.support.cast import Cast
from tests.web.workbench import act_url, person

CARE = {"sari", "ratih"}
UNIT = {"budi", "lestari"}
OUTSIDE = {"tono", "ayu", "joko"}  # they do not learn that the ticket exists
EVERYBODY = CARE | UNIT | OUTSIDE | {"hanifah"}

ON_TICKET: dict[str, set[str]] = {
    "ubah-grading": CARE,
    "ubah-klasifikasi": CARE,
    "kerahasiaan": CARE,
    "salinan-unit": CARE,
    "ambil": CARE,
    "akhiri": CARE,
    "disposisi": CARE,
    "perbaiki-data": CARE,
    "balasan-sementara": CARE,
    "jawaban-akhir": CARE,
    "pesan-pelapor": CARE,
    "pin-baru": CARE,
    "tutup-sepihak": {"ratih"},
    "tindak-lanjut": CARE | UNIT,
    "tanya": CARE | UNIT,
    "catatan": CARE | UNIT,
}
ON_WORK: dict[str, set[str]] = {
    "tarik": CARE,
    "tugaskan": {"lestari"},
    "terima": UNIT,
    "kembalikan": UNIT,
    "tindak-lanjut": CARE | UNIT,
    "jawaban": UNIT,
    "tanya": CARE | UNIT,
    "catatan": CARE | UNIT,
}


def _at_farmasi(cast: Cast) -> tuple[str, Ticket]:
    number = cast.complain().number
    cast.triage(number, by="dimas")
    farmasi = Instruction(unit_id=cast.unit_ids["farmasi"])
    cast.act("sari", number, lambda ticket, by: dispose_ticket(ticket, [farmasi], by=by))
    return number, cast.ticket(number)


@pytest.mark.parametrize("name", sorted(EVERYBODY))
def test_every_act_opens_to_whom_it_belongs_and_to_nobody_else(
    app: Flask, cast: Cast, name: str
) -> None:
    number, ticket = _at_farmasi(cast)
    [work] = ticket.dispositions
    work_id, version = work.id, ticket.version
    browser = person(app, cast, name)
    app.config["WTF_CSRF_ENABLED"] = False
    urls = {act_url(number, act): theirs for act, theirs in ON_TICKET.items()}
    urls |= {act_url(number, act, work_id): theirs for act, theirs in ON_WORK.items()}
    wrong = {}
    for url, theirs in urls.items():
        opened = browser.get(url).status_code
        if name in theirs:
            ok = opened == 200
        else:  # a stranger to the unit's work is not told that there is any
            hidden = name in OUTSIDE or (name == "hanifah" and str(work_id) in url.split("/"))
            ok = opened == browser.post(url, data={"text": "x"}).status_code
            ok = ok and opened == (404 if hidden else 403)
        if not ok:
            wrong[url] = opened
    assert not wrong
    assert cast.ticket(number).version == version, "nobody has changed anything"


@pytest.mark.parametrize(("name", "status"), [("hanifah", 403), ("tono", 404), ("joko", 404)])
def test_papers_are_for_those_who_handle_it(app: Flask, cast: Cast, name: str, status: int) -> None:
    number, _ticket = _at_farmasi(cast)
    browser = person(app, cast, name)
    for paper in ("lembar-disposisi.pdf", "tanda-terima.pdf"):
        assert browser.get(act_url(number, paper)).status_code == status


@pytest.mark.engines("sqlite")
def test_the_sheet_and_the_receipt_are_printed(app: Flask, cast: Cast) -> None:
    number, _ticket = _at_farmasi(cast)
    for name, paper in (("budi", "lembar-disposisi.pdf"), ("sari", "tanda-terima.pdf")):
        answer = person(app, cast, name).get(act_url(number, paper))
        assert answer.status_code == 200
        assert answer.data.startswith(b"%PDF")
        assert "attachment" in answer.headers["Content-Disposition"]
    assert person(app, cast, "budi").get(act_url(number, "tanda-terima.pdf")).status_code == 403, (
        "the receipt names the complainant in full"
    )


def _as_it_is(key: str, _kind: str) -> str:
    return key


@pytest.mark.engines("sqlite")
def test_a_unit_is_printed_what_it_is_asked_and_may_read_today(app: Flask, cast: Cast) -> None:
    number = cast.complain("Suster Ani membentak saya, kamar 305.").number
    cast.triage(number)
    for unit, note in (("farmasi", "Periksa jadwal Ani."), ("keuangan", "Kembalikan biaya.")):
        sent = [Instruction(unit_id=cast.unit_ids[unit], note=note)]
        cast.act("sari", number, lambda t, by, sent=sent: dispose_ticket(t, sent, by=by))
        cast.act(
            "sari", number, lambda t, by: issue_sheet_of(t, t.dispositions, say=_as_it_is, by=by)
        )
    cast.act("sari", number, lambda t, by: redact_ticket(t, "Perawat membentak.", (), by=by))
    paper = person(app, cast, "budi").get(act_url(number, "lembar-disposisi.pdf"))
    words = " ".join(page.extract_text() for page in PdfReader(BytesIO(paper.data)).pages)
    assert "Periksa jadwal Ani." in words
    assert "Perawat membentak." in words
    assert "Kembalikan biaya." not in words
    assert "kamar 305" not in words


def test_an_act_whose_time_is_over_says_so(app: Flask, cast: Cast) -> None:
    number, _ticket = _at_farmasi(cast)
    sari = person(app, cast, "sari")
    for act in ("verifikasi", "keberatan"):
        assert sari.get(act_url(number, act)).status_code == 409
    work_id = cast.ticket(number).dispositions[0].id
    nothing_submitted = sari.get(act_url(number, "setujui", work_id))
    assert nothing_submitted.status_code == 409


def test_a_disposition_of_another_ticket_is_not_found(app: Flask, cast: Cast) -> None:
    work_id = _at_farmasi(cast)[1].dispositions[0].id
    other = cast.complain("Lantai licin di lobi.").number
    cast.triage(other)
    assert person(app, cast, "sari").get(act_url(other, "tarik", work_id)).status_code == 404
