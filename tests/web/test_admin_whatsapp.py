"""The administrator's page about WhatsApp: set-up, templates, alerts, and what is never shown again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from helpdesk.audit.trail import AuditEntry
from helpdesk.intake.whatsapp import line_alerts
from helpdesk.lib import clock
from helpdesk.lib.database import db, unit_of_work
from helpdesk.messaging.message import OutboxMessage
from helpdesk.messaging.whatsapp import catalogue, lines
from helpdesk.messaging.whatsapp.line import WhatsAppLine
from helpdesk.messaging.whatsapp.proposals import OFFERED, proposals
from helpdesk.messaging.whatsapp.template import WhatsAppTemplate
from helpdesk.web.admin.whatsapp_parts import parts_of_whatsapp
from helpdesk.web.vital_signs import vital_signs
from tests.messaging.whatsapp.line import ADDRESS, deliver, heard_from, queue_on_whatsapp, set_up
from tests.support.cast import Cast
from tests.support.graph import ACCOUNT, Graph, running_graph
from tests.support.queries import counted

PAGE, FORM = "/admin/whatsapp", "/admin/whatsapp/nomor"
SECRETS = (ACCOUNT.app_secret, ACCOUNT.access_token)


@pytest.fixture
def ayu(app: Flask, cast: Cast, client: FlaskClient) -> FlaskClient:
    """The administrator's browser."""
    cast.sign_in(client, "ayu")
    app.config["WTF_CSRF_ENABLED"] = False
    return client


@pytest.fixture
def graph(tmp_path: Path) -> Iterator[Graph]:
    with running_graph(tmp_path) as graph:
        yield graph


def typed(graph: Graph, **other: Any) -> dict[str, Any]:
    """The form as an administrator fills it in."""
    return {
        "is_active": "y",
        "display_number": "0811-5550-123",
        "phone_number_id": ACCOUNT.phone_number_id,
        "account_id": ACCOUNT.account_id,
        "app_secret": ACCOUNT.app_secret,
        "access_token": ACCOUNT.access_token,
        "graph_url": graph.url,
        "graph_version": "v23.0",
        "connections": "2",
        "per_second": "20",
        "unread_after_hours": "24",
        "version": "0",
        **other,
    }


def text(client: FlaskClient, path: str, status: int = 200, **form: Any) -> str:
    answer = client.post(path, data=form, follow_redirects=True) if form else client.get(path)
    assert answer.status_code == status, answer.get_data(as_text=True)
    return answer.get_data(as_text=True)


def press(client: FlaskClient, path: str) -> str:
    answer = client.post(path, follow_redirects=True)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def line() -> WhatsAppLine:
    db.session.rollback()
    db.session.expire_all()
    found = lines.line()
    assert found is not None
    return found


def acts() -> list[str]:
    db.session.rollback()
    about = select(AuditEntry.act).where(AuditEntry.subject_kind == "whatsapp_line")
    return list(db.session.scalars(about.order_by(AuditEntry.id)))


def test_it_is_set_up_and_its_secrets_never_come_out(ayu: FlaskClient, graph: Graph) -> None:
    assert FORM in text(ayu, PAGE)
    page = text(ayu, FORM, **typed(graph))
    found = line()
    kept = lines.secrets_of(found)
    assert (kept.app_secret, kept.access_token) == SECRETS
    assert found.display_number == "+628115550123"
    assert lines.webhook_url() in page
    assert kept.verify_token in page, "it must be entered at the provider"
    for path in (PAGE, FORM, "/admin/jejak-audit"):
        shown = text(ayu, path)
        assert not [secret for secret in SECRETS if secret in shown], path
    assert not [secret for secret in (*SECRETS, kept.verify_token) if secret in found.secret]
    assert acts() == ["whatsapp_line_changed"]
    unit_of_work(lambda: lines.note_heard(clock.now()))
    assert kept.verify_token not in text(ayu, PAGE)
    page = press(ayu, f"{PAGE}/kata-verifikasi")
    drawn = lines.secrets_of(line()).verify_token
    assert drawn != kept.verify_token
    assert drawn in page
    assert drawn not in text(ayu, PAGE)


def test_left_empty_the_secrets_stay(ayu: FlaskClient, graph: Graph) -> None:
    text(ayu, FORM, **typed(graph))
    before = lines.secrets_of(line())
    text(ayu, FORM, **typed(graph, app_secret="", access_token="", version="1", per_second="5"))
    assert line().per_second == 5
    assert lines.secrets_of(line()) == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("phone_number_id", "+62 811"),
        ("account_id", "abc"),
        ("display_number", "halo"),
        ("app_secret", ""),
        ("access_token", ""),
        ("graph_url", "http://graph.example.org"),
        ("graph_url", "https://user@graph.example.org"),
        ("graph_version", "23"),
        ("per_second", "0"),
        ("unread_after_hours", "100000"),
    ],
)
def test_what_cannot_work_is_refused(
    ayu: FlaskClient, graph: Graph, field: str, value: str
) -> None:
    page = text(ayu, FORM, 422, **typed(graph, **{field: value}))
    assert f'id="{field}-err"' in page
    assert ACCOUNT.access_token not in page
    db.session.rollback()
    assert lines.line() is None


def test_another_server_does_not_get_the_stored_token(ayu: FlaskClient, graph: Graph) -> None:
    text(ayu, FORM, **typed(graph))
    elsewhere = typed(graph, version="1", access_token="", graph_url="https://graph.example.org")
    text(ayu, FORM, 422, **elsewhere)
    assert line().graph_url == graph.url


def test_who_was_slower_sees_both(ayu: FlaskClient, graph: Graph) -> None:
    text(ayu, FORM, **typed(graph))
    page = text(ayu, FORM, 409, **typed(graph, version="0", per_second="7"))
    assert "Typed by you" in page or "Anda" in page
    assert line().per_second == 20


def test_a_test_message_and_what_is_in_its_way(ayu: FlaskClient, graph: Graph) -> None:
    set_up(graph)
    assert "24" in text(ayu, f"{PAGE}/coba", number=ADDRESS)
    graph.open_window(ADDRESS)
    assert 'class="note"' in text(ayu, f"{PAGE}/coba", number="0812-3456-0172")
    assert len(graph.said_to(ADDRESS)) == 1
    graph.fail(190, "Session has expired", status=401)
    page = text(ayu, f"{PAGE}/coba", number=ADDRESS)
    assert "Session has expired" in page
    graph.stop()
    assert "note-warn" in text(ayu, f"{PAGE}/coba", number=ADDRESS)
    text(ayu, f"{PAGE}/coba", 422, number="halo")
    assert acts()[-4:] == ["whatsapp_tested"] * 4


def test_templates_are_handed_in_and_looked_at(ayu: FlaskClient, graph: Graph) -> None:
    set_up(graph)
    started = clock.now()
    for _press in range(4):
        press(ayu, f"{PAGE}/ajukan")
    handed_in = graph.provider.catalogue.page(limit=1000)
    assert len(handed_in) == 2 * len(OFFERED)
    assert f"{PAGE}/ajukan" not in text(ayu, PAGE), "there is nothing left"
    assert acts().count("whatsapp_template_submitted") == len(handed_in)
    with time_machine.travel(started + timedelta(minutes=5)):
        press(ayu, f"{PAGE}/lihat")
        db.session.rollback()
        states = set(db.session.scalars(select(WhatsAppTemplate.status)))
        assert states == {"approved"}
        assert line().quality == "green"
        message_id = queue_on_whatsapp("late", event="answered")
        assert deliver().sent == 1
    sent = db.session.get_one(OutboxMessage, message_id)
    assert sent.sent_as == "template"
    assert "{{" not in graph.said_to(ADDRESS)[0]


def test_what_vanished_is_gone_and_can_be_handed_in_again(ayu: FlaskClient, graph: Graph) -> None:
    set_up(graph)
    one = proposals()["received", "id"]

    def had_been_there() -> None:
        row = WhatsAppTemplate(
            name=one.name, language="id", event="received", status="approved", body=one.body
        )
        row.synced_at = clock.now() - timedelta(hours=1)
        db.session.add(row)

    unit_of_work(had_been_there)
    press(ayu, f"{PAGE}/lihat")
    db.session.rollback()
    assert db.session.scalars(select(WhatsAppTemplate.status)).all() == ["gone"]
    assert f"{PAGE}/ajukan" in text(ayu, PAGE)


def test_a_refused_template_is_named_and_does_not_stop_the_others(
    ayu: FlaskClient, graph: Graph
) -> None:
    set_up(graph)
    graph.fail(100, "Language is not good", part="/message_templates")
    page = press(ayu, f"{PAGE}/ajukan")
    assert "Language is not good" in page
    assert len(graph.provider.catalogue.page(limit=1000)) == 19


def test_it_is_switched_off_and_on(ayu: FlaskClient, graph: Graph) -> None:
    set_up(graph)
    press(ayu, f"{PAGE}/hentikan")
    assert not line().is_active
    press(ayu, f"{PAGE}/pakai")
    assert line().is_active


def test_before_there_is_a_number_nothing_can_be_done(ayu: FlaskClient) -> None:
    for act in ("coba", "lihat", "ajukan", "pakai", "hentikan", "kata-verifikasi"):
        assert ayu.post(f"{PAGE}/{act}").status_code == 404


def test_administrators_hear_once_that_nothing_gets_through_and_once_that_it_does(
    ayu: FlaskClient, graph: Graph
) -> None:
    set_up(graph)
    graph.open_window(ADDRESS)
    heard_from()
    began = clock.now()
    graph.fail(190, status=401, times=50)
    queue_on_whatsapp()
    for minutes in range(0, 31, 3):
        with time_machine.travel(began + timedelta(minutes=minutes), tick=False):
            deliver()
            line_alerts.watch(clock.now())
    assert told() == ["whatsapp_unreachable"]
    (part,) = parts_of_whatsapp(clock.now())
    assert not part.is_well
    assert sign("whatsapp_failing") == 1
    graph.work_again()
    for minutes in (36, 37, 45):
        with time_machine.travel(began + timedelta(minutes=minutes), tick=False):
            deliver()
            line_alerts.watch(clock.now())
    assert told() == ["whatsapp_unreachable", "whatsapp_recovered"]
    assert line().failing_since is None
    (part,) = parts_of_whatsapp(clock.now())
    assert part.is_well
    assert sign("whatsapp_failing") == 0


def sign(name: str) -> float:
    return next(one.value for one in vital_signs(clock.now()) if one.name == name)


def told() -> list[str]:
    db.session.rollback()
    about = OutboxMessage.subject_kind == "whatsapp_line"
    return list(db.session.scalars(select(OutboxMessage.event).where(about)))


def test_a_short_trouble_is_nobodys_business(ayu: FlaskClient, graph: Graph) -> None:
    set_up(graph)
    unit_of_work(lambda: lines.note_failing("timeout", clock.now()))
    line_alerts.watch(clock.now())
    unit_of_work(lines.note_working)
    line_alerts.watch(clock.now())
    assert told() == []
    assert line().failing_since is None


def test_the_job_asks_only_where_there_is_a_number(app: Flask, cast: Cast, graph: Graph) -> None:
    catalogue.look(clock.now())
    set_up(graph)
    graph.fail(190, status=401, part="/message_templates")
    catalogue.look(clock.now())
    assert line().error.startswith("190")
    catalogue.look(clock.now())
    assert (line().error, line().quality) == ("", "green")
    asked = len(graph.calls)
    catalogue.look(clock.now() + timedelta(minutes=29))
    assert len(graph.calls) == asked, "it was asked a moment ago"
    catalogue.look(clock.now() + timedelta(minutes=31))
    assert len(graph.calls) > asked


def test_every_message_can_be_a_template(app: Flask, cast: Cast) -> None:
    for one in proposals().values():
        assert one.problem is None, one.name
        assert "{{organisation}}" not in one.body
        assert set(one.examples) <= {
            "number", "link", "due", "until", "object_until", "emergency", "news"
        }  # fmt: skip


def test_other_words_are_another_template(ayu: FlaskClient, graph: Graph) -> None:
    set_up(graph)
    before = proposals()["received", "id"]
    words = {"subject": "{number}", "body": "{link} sampai {due}, nomor {number}", "version": "0"}
    text(ayu, "/admin/pesan/received/id", **words, act="use")
    db.session.rollback()
    after = proposals()["received", "id"]
    assert after.name != before.name
    assert after.problem is not None, "it begins with something in braces"
    assert str(after.problem) in text(ayu, PAGE)


def test_the_page_asks_a_fixed_number_of_questions(ayu: FlaskClient, graph: Graph) -> None:
    set_up(graph)
    with counted() as seen:
        text(ayu, PAGE)
    assert len(seen) <= 15, str(seen)
