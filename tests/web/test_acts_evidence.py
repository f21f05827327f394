"""Evidence of units and files of complainants: cleaned for display, kept as they came only where that is meant."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select

from helpdesk.lib.database import db
from helpdesk.lib.storage import get_storage
from helpdesk.tickets.dispositions import Instruction, dispose_ticket
from helpdesk.tickets.records import Attachment, TicketEvent
from helpdesk.tickets.states import Grade
from tests.support.cast import Cast
from tests.support.files import jpeg
from tests.web.workbench import act_url, form_in, open_act, person, send

HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 200
GPS = 0x8825


def _at_farmasi(cast: Cast, grade: Grade = Grade.RED) -> tuple[str, int]:
    number = cast.complain().number
    cast.triage(number, grade)
    farmasi = Instruction(unit_id=cast.unit_ids["farmasi"])
    cast.act("sari", number, lambda ticket, by: dispose_ticket(ticket, [farmasi], by=by))
    return number, cast.ticket(number).dispositions[0].id


def _photo(content: bytes, name: str = "bukti.jpg") -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), name


def _send(browser: FlaskClient, url: str, form: dict[str, Any], *files: Any) -> Any:
    body = form | ({"files": list(files)} if files else {})
    return browser.post(url, data=body, content_type="multipart/form-data")


def _attachments() -> list[Attachment]:
    return list(db.session.scalars(select(Attachment).order_by(Attachment.id)))


def _place_in(digest: str | None) -> dict[int, Any]:
    assert digest is not None
    with get_storage().open(digest) as file:
        return dict(Image.open(io.BytesIO(file.read())).getexif().get_ifd(GPS))


def test_a_red_complaint_is_not_answered_without_evidence(app: Flask, cast: Cast) -> None:
    number, work_id = _at_farmasi(cast)
    budi, url = person(app, cast, "budi"), act_url(number, "jawaban", work_id)
    form = open_act(budi, url) | {"findings": "Etiket diganti.", "root_cause": "procedure"}
    refused = _send(budi, url, form)
    assert refused.status_code == 422
    kept = form_in(refused)
    assert kept["findings"] == ["Etiket diganti."]
    assert kept["root_cause"] == ["procedure"]
    assert cast.ticket(number).dispositions[0].status == "sent"

    assert _send(budi, url, kept, _photo(jpeg())).status_code == 302
    assert cast.ticket(number).dispositions[0].status == "submitted"
    [evidence] = _attachments()
    assert evidence.is_evidence
    assert _place_in(evidence.shown_digest) == {}, "what others see does not say where"
    assert _place_in(evidence.original_digest) != {}, "the original is kept"


def test_evidence_of_an_earlier_follow_up_is_enough(app: Flask, cast: Cast) -> None:
    number, work_id = _at_farmasi(cast)
    budi, url = person(app, cast, "budi"), act_url(number, "tindak-lanjut")
    form = open_act(budi, url) | {"text": "Etiket diganti."}
    assert _send(budi, url, form, _photo(jpeg())).status_code == 302
    event = db.session.scalars(select(TicketEvent).where(TicketEvent.kind == "follow_up")).one()
    assert event.disposition_id == work_id, "what an officer does belongs to their unit's work"
    answer = send(
        budi, act_url(number, "jawaban", work_id), findings="Etiket diganti.", root_cause="people"
    )
    assert answer.status_code == 302


def test_other_grades_need_no_evidence(app: Flask, cast: Cast) -> None:
    number, work_id = _at_farmasi(cast, Grade.YELLOW)
    url = act_url(number, "jawaban", work_id)
    assert (
        send(
            person(app, cast, "budi"), url, findings="Sudah dijelaskan.", root_cause="not_proven"
        ).status_code
        == 302
    )


def test_the_original_is_for_customer_care_alone(app: Flask, cast: Cast) -> None:
    number, work_id = _at_farmasi(cast)
    budi, url = person(app, cast, "budi"), act_url(number, "jawaban", work_id)
    _send(
        budi,
        url,
        open_act(budi, url) | {"findings": "Diganti.", "root_cause": "people"},
        _photo(jpeg()),
    )
    [evidence] = _attachments()
    statuses = {
        name: person(app, cast, name).get(f"/kerja/berkas/{evidence.id}/asli").status_code
        for name in ("sari", "budi", "tono")
    }
    assert statuses == {"sari": 200, "budi": 404, "tono": 404}


def test_a_heic_is_refused_with_a_sentence_and_the_good_file_is_kept(
    app: Flask, cast: Cast
) -> None:
    number, _work = _at_farmasi(cast)
    budi, url = person(app, cast, "budi"), act_url(number, "tindak-lanjut")
    form = open_act(budi, url) | {"text": "Etiket diganti."}
    refused = _send(budi, url, form, _photo(HEIC, "IMG_1.HEIC"), _photo(jpeg(), "bagus.jpg"))
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert "IMG_1" in page
    assert "bagus.jpg" in page
    kept = form_in(refused)
    assert kept["text"] == ["Etiket diganti."]
    assert _attachments() == []
    assert _send(budi, url, kept).status_code == 302
    assert [file.name for file in _attachments()] == ["bagus.jpg"], "it was not sent twice"


def test_a_kept_file_can_be_left_out(app: Flask, cast: Cast) -> None:
    number, _work = _at_farmasi(cast)
    budi, url = person(app, cast, "budi"), act_url(number, "tindak-lanjut")
    refused = _send(budi, url, open_act(budi, url), _photo(jpeg()))
    assert refused.status_code == 422, "nothing was said"
    unwanted = refused.get_data(as_text=True).split('name="unwanted" value="')[1].split('"')[0]
    form = form_in(refused) | {"text": "Tanpa foto.", "unwanted": unwanted}
    assert _send(budi, url, form).status_code == 302
    assert _attachments() == []


def test_the_same_photograph_for_two_tickets_is_noted_for_customer_care(
    app: Flask, cast: Cast
) -> None:
    budi, content = person(app, cast, "budi"), jpeg("red")
    first, _ = _at_farmasi(cast)
    second, _ = _at_farmasi(cast)
    for number in (first, second):
        url = act_url(number, "tindak-lanjut")
        _send(budi, url, open_act(budi, url) | {"text": "Diganti."}, _photo(content))
    events = db.session.scalars(
        select(TicketEvent).where(TicketEvent.kind == "follow_up").order_by(TicketEvent.id)
    ).all()
    assert [event.details.get("seen_on") for event in events] == [
        None,
        [cast.ticket(first).id],
    ]


def test_sent_twice_with_a_photograph_it_is_recorded_once(app: Flask, cast: Cast) -> None:
    number, _work = _at_farmasi(cast)
    budi, url = person(app, cast, "budi"), act_url(number, "tindak-lanjut")
    form, content = open_act(budi, url) | {"text": "Diganti."}, jpeg()
    codes = [_send(budi, url, form, _photo(content)).status_code for _ in range(2)]
    assert codes == [302, 302]
    assert len(_attachments()) == 1


@pytest.mark.parametrize("channel", ["phone", "counter"])
def test_what_a_complainant_brought_is_cleaned_and_not_kept_as_it_came(
    app: Flask, cast: Cast, channel: str
) -> None:
    number, _work = _at_farmasi(cast)
    sari, url = person(app, cast, "sari"), act_url(number, "pesan-pelapor")
    form = open_act(sari, url) | {"text": "Ini kuitansinya.", "channel": channel}
    assert _send(sari, url, form, _photo(jpeg())).status_code == 302
    [file] = _attachments()
    assert (file.is_evidence, file.original_digest) == (False, None)
    event = db.session.get_one(TicketEvent, file.event_id)
    assert (event.kind, event.details["channel"]) == ("add_message", channel)


@pytest.mark.parametrize(("written", "status"), [("", 422), ("Obat sudah ada.", 409)])
def test_an_answer_that_is_refused_keeps_its_photograph(
    app: Flask, cast: Cast, written: str, status: int
) -> None:
    number = cast.complain().number
    cast.triage(number)
    sari, url = person(app, cast, "sari"), act_url(number, "jawaban-akhir")
    form = open_act(sari, url) | {"text": written}
    if written:
        send(sari, act_url(number, "pesan-pelapor"), text="Kuitansinya hilang.")
    refused = _send(sari, url, form, _photo(jpeg()))
    assert refused.status_code == status
    assert "bukti.jpg" in refused.get_data(as_text=True)
    kept = form_in(refused) | {"text": "Obat sudah ada."}
    assert _send(sari, url, kept).status_code == 302
    assert [file.name for file in _attachments()] == ["bukti.jpg"]
