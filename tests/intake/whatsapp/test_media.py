"""What people send is fetched from the provider, verified and cleaned, and reaches its ticket whenever it comes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from helpdesk.intake.whatsapp import media, talking
from helpdesk.intake.whatsapp.conversations import QUIET
from helpdesk.intake.whatsapp.message import WhatsAppMessage
from helpdesk.lib import clock
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.storage import get_storage
from helpdesk.messaging.whatsapp import lines
from helpdesk.messaging.whatsapp.line_settings import LineSettings
from helpdesk.messaging.whatsapp.wire import open_client
from helpdesk.tickets.opening import number_of
from helpdesk.tickets.records import Attachment, TicketEvent
from helpdesk.tickets.states import Identity
from helpdesk.tickets.ticket import Ticket
from tests.support.cast import Cast
from tests.support.files import jpeg
from tests.support.graph import VERSION, Graph
from tests.support.webhooks import arrive, message, messages, post
from tests.tickets.steps import dispose
from tests.web.workbench import act_url, open_act, person

MONDAY = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
OGG = b"OggS\x00\x02" + bytes(22) + b"OpusHead" + bytes(200)


@pytest.fixture(autouse=True)
def travelling() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def _line(cast: Cast, graph: Graph) -> None:
    account = graph.account
    settings = LineSettings(
        account.phone_number_id,
        account.account_id,
        account.display_number,
        graph_url=graph.url,
        graph_version=VERSION,
    )
    secrets = {"app_secret": account.app_secret, "access_token": account.access_token}
    by = cast.actor("ayu")
    unit_of_work(lambda: lines.set_up(settings, seen_version=None, by=by, **secrets))


def send(graph: Graph, content: bytes, kind: str = "image", **held: Any) -> None:
    """Wati sends a file that the provider keeps."""
    kept = graph.keep(content, "image/jpeg")
    named: dict[str, Any] = {kind: {"id": kept.id, "sha256": kept.sha256_in_base64, **held}}
    arrive(post(message(kind, **named)))


def tell(text: str = "Plafon ruang tunggu bocor sejak kemarin") -> None:
    """Wati writes, and it is summed up."""
    arrive(post(message(text={"body": text})))
    answer_after_quiet()


def tap(choice: str) -> None:
    reply = {"type": "button_reply", "button_reply": {"id": choice, "title": "?"}}
    arrive(post(message("interactive", interactive=reply)))
    answer_after_quiet()


def answer_after_quiet() -> None:
    with time_machine.travel(clock.now() + QUIET, tick=False):
        talking.answer_due(clock.now())


def sent() -> WhatsAppMessage:
    return next(one for one in messages() if one.media_state or one.kind in ("image", "audio"))


def attached() -> list[Attachment]:
    db.session.rollback()
    return list(db.session.scalars(select(Attachment).order_by(Attachment.id)))


def opening() -> dict[str, Any]:
    """What the first event of the ticket says of its messages."""
    db.session.rollback()
    events = select(TicketEvent.details).where(TicketEvent.kind == "open")
    facts: dict[str, Any] = db.session.scalars(events).one()["whatsapp"]
    return facts


def test_a_photograph_is_cleaned_and_goes_with_the_complaint(graph: Graph) -> None:
    photo = jpeg()
    send(graph, photo, caption="Plafon bocor di ruang tunggu anak")
    assert media.fetch_due(clock.now()) == 1
    answer_after_quiet()
    tap("send")
    (file,) = attached()
    assert file.received_digest == hashlib.sha256(photo).hexdigest()
    with get_storage().open(file.shown_digest) as shown:
        assert b"Telepon" not in shown.read()
    assert not get_storage().exists(file.received_digest)
    assert "media_waiting" not in opening()


def test_what_comes_late_joins_the_event_of_its_message(graph: Graph) -> None:
    graph.fail(status=500, part="/v", times=2)
    tell()
    send(graph, jpeg())
    assert media.fetch_due(clock.now()) == 0
    answer_after_quiet()
    tap("send")
    assert opening()["media_waiting"] == 1
    with time_machine.travel(MONDAY + timedelta(hours=2), tick=False):
        graph.work_again()
        assert media.fetch_due(clock.now()) == 1
    (file,) = attached()
    assert (file.event_id, sent().media_state) == (sent().event_id, "taken")
    assert "media_waiting" not in opening()


def test_what_cannot_be_fetched_for_a_week_is_lost_and_the_ticket_says_so(graph: Graph) -> None:
    tell()
    send(graph, jpeg())
    answer_after_quiet()
    tap("send")
    graph.fail(100, "Unsupported get request", times=100, part="/v")
    for hours in (0, 1, 30, 100):
        with time_machine.travel(MONDAY + timedelta(hours=hours), tick=False):
            media.fetch_due(clock.now())
            assert sent().media_state == "wanted"
    with time_machine.travel(MONDAY + timedelta(days=7, hours=1), tick=False):
        media.fetch_due(clock.now())
    assert (sent().media_state, sent().look_at) == ("lost", None)
    assert sent().media_error
    assert (opening()["media_lost"], attached()) == (1, [])


def test_a_dead_connection_and_other_bytes_are_tried_again(graph: Graph) -> None:
    tell()
    send(graph, jpeg(), sha256="0" * 64)
    media.fetch_due(clock.now())
    assert (sent().media_error, sent().media_state, sent().media_attempts) == (
        "digest",
        "wanted",
        1,
    )
    graph.hang_up(part="/v")
    with time_machine.travel(MONDAY + timedelta(minutes=5), tick=False):
        media.fetch_due(clock.now())
    assert (sent().media_state, sent().media_attempts) == ("wanted", 2)


def test_what_is_no_photograph_is_not_taken(graph: Graph) -> None:
    tell()
    send(graph, b"MZ\x90\x00" + bytes(500))
    media.fetch_due(clock.now())
    answer_after_quiet()
    tap("send")
    assert (sent().media_state, attached()) == ("refused", [])


def test_a_voice_note_is_kept_as_it_is(graph: Graph) -> None:
    send(graph, OGG, "audio", voice=True, mime_type="audio/ogg")
    media.fetch_due(clock.now())
    answer_after_quiet()
    tap("send")
    (file,) = attached()
    assert file.media_type == "audio/ogg"


def test_a_photograph_of_somebody_anonymous_arrives_and_leads_nowhere(graph: Graph) -> None:
    tell("Petugas loket minta uang, saya mau anonim saja")
    send(graph, jpeg(), caption="ini fotonya")
    answer_after_quiet()
    tap("wish:anonim")
    photo = sent()
    assert (photo.text, photo.media_state) == ("", "wanted")
    assert media.fetch_due(clock.now()) == 1
    assert len(attached()) == 1
    kept = next(one for one in messages() if one.kind == "image")
    assert (kept.ticket_id, kept.event_id, kept.media, kept.shown_digest) == (None,) * 4
    assert kept.media_id is None
    ticket = db.session.scalars(select(Ticket)).one()
    assert (ticket.identity, ticket.complainant_id, ticket.reply_address) == ("anonymous", None, "")


def test_two_workers_fetch_it_once(graph: Graph) -> None:
    send(graph, jpeg())
    row_id = sent().id
    (due,) = [row_id]
    line = lines.active_line()
    assert line is not None
    with open_client(line) as client:
        assert media.fetch(due, client)
        assert not media.fetch(due, client)


def test_what_comes_after_the_units_copy_was_made_waits_until_customer_care_shows_it(
    app: Flask, cast: Cast, graph: Graph
) -> None:
    graph.fail(status=500, part="/v", times=2)
    send(graph, jpeg(), caption="Petugas parkir meminta uang, ini orangnya")
    answer_after_quiet()
    tap("send")
    assert (media.fetch_due(clock.now()), attached()) == (0, [])
    number = number_of(db.session.scalars(select(Ticket)).one())
    cast.triage(number, identity=Identity.WITHHELD, unit_text="Petugas meminta uang.")
    dispose(cast, number, "farmasi")
    sari, budi = person(app, cast, "sari"), person(app, cast, "budi")
    hide = act_url(number, "salinan-unit")
    begun_before = open_act(sari, hide)
    with time_machine.travel(MONDAY + timedelta(hours=2), tick=False):
        graph.work_again()
        assert media.fetch_due(clock.now()) == 1
    (file,) = attached()
    picture = f"/kerja/berkas/{file.id}"
    assert [who.get(picture).status_code for who in (sari, budi)] == [200, 404]
    assert "disembunyikan dari unit" in sari.get(f"/kerja/tiket/{number}").get_data(as_text=True)
    refused = sari.post(hide, data=begun_before)
    assert refused.status_code == 409, "its page did not know of the photograph"
    compared = (
        refused.get_data(as_text=True).split('id="meanwhile-title"')[1].split("</section>")[0]
    )
    assert file.name in compared
    assert budi.get(picture).status_code == 404
    shown = open_act(sari, hide)
    assert shown.pop("hidden_files") == [str(file.id)]
    assert sari.post(hide, data=shown).status_code == 302
    assert budi.get(picture).status_code == 200
