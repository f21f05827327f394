"""WhatsApp against the provider's API over HTTP: free words, templates, and what each of its answers means."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from helpdesk.lib import clock
from helpdesk.lib.clients.graph_faults import in_words
from helpdesk.lib.database import db, unit_of_work
from helpdesk.messaging.postman import Counts, Undelivered
from helpdesk.messaging.whatsapp import catalogue, lines
from helpdesk.messaging.whatsapp.contacts import contact_of
from helpdesk.messaging.whatsapp.line import WhatsAppLine
from helpdesk.messaging.whatsapp.marking import mark_of
from helpdesk.messaging.whatsapp.pace import PAIR_MOST
from helpdesk.messaging.whatsapp.saying import say
from helpdesk.messaging.whatsapp.template import WhatsAppTemplate
from helpdesk.messaging.whatsapp.window import is_open
from tests.messaging.builders import VALUES, row
from tests.messaging.whatsapp.line import (
    ADDRESS,
    NUMBER,
    TEMPLATE,
    TEMPLATE_BODY,
    deliver,
    deliver_all,
    heard_from,
    queue_on_whatsapp,
    set_up,
)
from tests.support.graph import ACCOUNT, Graph, running_graph

MINUTE = timedelta(minutes=1)


@pytest.fixture
def graph(tmp_path: Path) -> Iterator[Graph]:
    with running_graph(tmp_path) as graph:
        yield graph


@pytest.fixture
def house(app: Flask, graph: Graph) -> Iterator[Graph]:
    """Within the application, whose WhatsApp goes through the graph."""
    with app.app_context(), time_machine.travel(clock.now(), tick=False):
        set_up(graph)
        yield graph


def line() -> WhatsAppLine:
    db.session.rollback()
    db.session.expire_all()
    found = lines.line()
    assert found is not None
    return found


def wati_wrote(graph: Graph) -> None:
    """On both sides the window is open."""
    heard_from()
    graph.open_window(ADDRESS)


def approve(graph: Graph, body: str = TEMPLATE_BODY) -> None:
    graph.approve(TEMPLATE, body)
    catalogue.synchronise()


def test_within_a_day_of_their_word_it_goes_in_the_words_of_the_message(house: Graph) -> None:
    wati_wrote(house)
    message_id = queue_on_whatsapp()
    assert deliver() == Counts(sent=1)
    (said,) = house.said_to(ADDRESS)
    assert VALUES["number"] in said
    assert VALUES["link"] in said
    assert "Subject" not in said
    message = row(message_id)
    assert (message.status, message.sent_as, message.sent_from) == (
        "sent",
        "free",
        ACCOUNT.phone_number_id,
    )
    assert message.provider_ref is not None
    assert message.provider_ref.startswith("wamid.")
    assert house.sent[0]["biz_opaque_callback_data"] == mark_of(message)
    assert house.sent[0]["to"] == NUMBER


def test_later_it_goes_as_the_approved_template_with_named_values(house: Graph) -> None:
    approve(house)
    message_id = queue_on_whatsapp()
    assert deliver() == Counts(sent=1)
    said = house.said_to(ADDRESS)
    assert said == [
        f"Keluhan {VALUES['number']} kami terima dan jawab paling lambat {VALUES['due']}:"
        f" {VALUES['link']} RSIA Contoh"
    ]
    assert row(message_id).sent_as == "template"


def test_without_a_template_it_fails_with_a_reason(house: Graph) -> None:
    failures: list[Undelivered] = []
    message_id = queue_on_whatsapp()
    assert deliver(failures) == Counts(failed=1)
    assert row(message_id).error == "no_template"
    assert [one.reason for one in failures] == ["no_template"]
    assert house.sent == []


def test_a_template_of_the_other_language_does_not_do(house: Graph) -> None:
    approve(house)
    queue_on_whatsapp(language="en")
    assert deliver() == Counts(failed=1)


def test_a_template_that_wants_what_we_do_not_know_is_left_alone(house: Graph) -> None:
    approve(house, "Yang terhormat {{nama}}, keluhan {{number}} kami terima.")
    queue_on_whatsapp()
    assert deliver() == Counts(failed=1)
    assert house.sent == []


def test_what_we_thought_open_and_is_not_goes_as_a_template_at_once(house: Graph) -> None:
    approve(house)
    heard_from()  # but the provider knows nothing of it
    message_id = queue_on_whatsapp()
    assert deliver() == Counts(sent=1)
    assert row(message_id).sent_as == "template"
    assert [call.answered for call in house.calls if call.path.endswith("/messages")] == [400, 200]


def test_words_of_the_moment_with_buttons(house: Graph) -> None:
    wati_wrote(house)
    choices = {"buttons": [{"id": "yes", "title": "Selesai"}, {"id": "no", "title": "Belum"}]}

    def talk() -> int:
        contact = contact_of(NUMBER, None, "Wati", clock.now())
        said = say(
            contact,
            "Sudah selesai?",
            dedupe_key="talk/1",
            language="id",
            choices=choices,
            subject=("conversation", 1),
        )
        again = say(
            contact, "Sudah?", dedupe_key="talk/1", language="id", subject=("conversation", 1)
        )
        assert again is said
        return said.id

    message_id = unit_of_work(talk)
    assert deliver() == Counts(sent=1)
    assert house.said_to(ADDRESS) == ["Sudah selesai?"]
    offered = house.sent[0]["interactive"]["action"]["buttons"]
    assert [one["reply"]["title"] for one in offered] == ["Selesai", "Belum"]
    assert row(message_id).check_at is None


@pytest.mark.parametrize("is_refused", [False, True])
def test_what_is_answered_is_marked_as_read(house: Graph, is_refused: bool) -> None:
    heard = house.telephone_of(ADDRESS).write("P")
    wati_wrote(house)
    answered = "wamid.unknown" if is_refused else heard.wamid

    def talk() -> None:
        contact = contact_of(NUMBER, None, "Wati", clock.now())
        about = ("conversation", 1)
        say(contact, "Ya?", dedupe_key="1", language="id", subject=about, answers=answered)

    unit_of_work(talk)
    assert deliver() == Counts(sent=1)
    assert house.said_to(ADDRESS) == ["Ya?"]
    assert house.marked_read == ([] if is_refused else [heard.wamid])


def test_words_of_the_moment_that_come_too_late_are_never_sent(house: Graph) -> None:
    message_id = queue_on_whatsapp(event="chat", values={}, own_words=None)
    assert deliver() == Counts(failed=1)
    assert row(message_id).error == "window_closed"


def test_somebody_without_a_number_is_written_to_by_their_id(house: Graph) -> None:
    house.open_window("ID.abc123")
    unit_of_work(lambda: contact_of(None, "ID.abc123", "W", clock.now()))
    approve(house)
    queue_on_whatsapp(address="ID.abc123")
    assert deliver() == Counts(sent=1)
    assert house.sent[0]["recipient"] == "ID.abc123"
    assert "to" not in house.sent[0]


@pytest.mark.parametrize(
    ("code", "status", "counts"),
    [
        (131000, 500, Counts(delayed=1)),
        (131016, 503, Counts(delayed=1)),
        (131026, 400, Counts(failed=1)),
        (131049, 400, Counts(failed=1)),
        (131051, 400, Counts(failed=1)),
        (131048, 400, Counts(delayed=1)),
        (131056, 400, Counts(delayed=1)),
        (130429, 429, Counts(delayed=1)),
        (190, 401, Counts(delayed=1)),
        (10, 403, Counts(delayed=1)),
        (200, 403, Counts(delayed=1)),
        (999999, 400, Counts(failed=1)),
        (999999, 502, Counts(delayed=1)),
    ],
)
def test_each_refusal_has_its_consequence_and_its_sentence(
    house: Graph, code: int, status: int, counts: Counts
) -> None:
    wati_wrote(house)
    house.fail(code, "so it is", status=status)
    failures: list[Undelivered] = []
    message_id = queue_on_whatsapp()
    assert deliver(failures) == counts
    message = row(message_id)
    assert message.error == f"whatsapp_said {code} so it is"
    assert in_words(f"{code} so it is")
    assert [one.is_address_dead for one in failures] == [code == 131026] * counts.failed
    if message.look_at is not None:
        with time_machine.travel(message.look_at, tick=False):
            assert deliver() == Counts(sent=1)


def test_a_token_that_expired_holds_everything_back_and_costs_no_attempt(house: Graph) -> None:
    wati_wrote(house)
    began_at = clock.now()
    house.fail(190, status=401)
    first, second = queue_on_whatsapp("one"), queue_on_whatsapp("two", address="+6281234560999")
    assert deliver() == Counts(delayed=2)
    assert len(house.calls) == 1, "the second did not knock"
    assert row(first).attempts == row(second).attempts == 0
    assert line().error.startswith("190 ")
    assert line().failing_since == began_at
    with time_machine.travel(began_at + 10 * MINUTE, tick=False):
        deliver()
    assert line().error == ""
    assert line().failing_since == began_at, "until the administrators know that it is over"
    assert row(first).status == "sent"


def test_a_provider_that_is_gone_is_waited_for(house: Graph) -> None:
    wati_wrote(house)
    house.stop()
    message_id = queue_on_whatsapp()
    assert deliver() == Counts(delayed=1)
    assert row(message_id).error.startswith("whatsapp_unreachable refused")
    assert line().failing_since is not None
    house.start()
    with time_machine.travel(clock.now() + 10 * MINUTE, tick=False):
        assert deliver() == Counts(sent=1)


def test_a_provider_that_hangs_up_is_asked_again(house: Graph) -> None:
    wati_wrote(house)
    house.hang_up()
    message_id = queue_on_whatsapp()
    assert deliver() == Counts(delayed=1)
    assert row(message_id).error.startswith("whatsapp_unreachable lost")


def test_a_paused_template_is_known_as_such_from_then_on(house: Graph) -> None:
    approve(house)
    house.provider.catalogue.turn(TEMPLATE, "id", "PAUSED")
    house.fail(132015, "Template is paused")
    queue_on_whatsapp()
    assert deliver() == Counts(failed=1)
    db.session.rollback()
    assert db.session.scalars(db.select(WhatsAppTemplate)).one().status == "paused"


def test_a_template_that_is_gone_leaves_its_place_to_an_older_one(house: Graph) -> None:
    house.approve("received", TEMPLATE_BODY)
    approve(house, "Keluhan {{number}} kami terima: {{link}} Terima kasih.")
    house.provider.catalogue.turn(TEMPLATE, "id", "PAUSED")
    house.fail(132015, "Template is paused")
    queue_on_whatsapp()
    assert deliver() == Counts(sent=1)
    assert house.sent[0]["template"]["name"] == "received"


def test_another_account_than_ours_holds_everything_back_and_loses_nothing(house: Graph) -> None:
    wati_wrote(house)
    set_up(house, phone_number_id="10000000000")
    first, second = queue_on_whatsapp("one"), queue_on_whatsapp("two", address="+6281234560999")
    assert deliver() == Counts(delayed=2)
    assert row(first).attempts == row(second).attempts == 0
    assert line().error.startswith("100 ")


def test_one_person_is_not_flooded(house: Graph) -> None:
    wati_wrote(house)
    for one in range(PAIR_MOST + 3):
        queue_on_whatsapp(f"flood/{one}")
    queue_on_whatsapp("other", address="+6281234560999")
    house.open_window("+6281234560999")
    heard_from("6281234560999")
    assert deliver() == Counts(sent=PAIR_MOST + 1, delayed=3)
    assert deliver_all() == 3


def test_what_was_said_first_arrives_first(house: Graph) -> None:
    wati_wrote(house)
    house.fail(131000, status=500)
    first, second = queue_on_whatsapp("one"), queue_on_whatsapp("two")
    assert deliver() == Counts(delayed=2)
    assert row(second).error == "in_order"
    assert deliver_all() == 2
    assert [body["biz_opaque_callback_data"] for body in house.sent] == [
        mark_of(row(first)),
        mark_of(row(second)),
    ]


def test_what_matters_is_looked_after(house: Graph) -> None:
    wati_wrote(house)
    plain, important = queue_on_whatsapp("one"), queue_on_whatsapp("two", event="answered")
    late = queue_on_whatsapp("three", event="answered", address="+6281234560999")
    assert deliver() == Counts(sent=2, failed=1)
    assert row(plain).check_at is None
    assert row(important).check_at == clock.now() + timedelta(hours=24)
    assert row(late).check_at == clock.now(), "another road, at once"


def test_without_an_active_number_it_becomes_a_file(house: Graph) -> None:
    set_up(house, is_active=False)
    message_id = queue_on_whatsapp()
    assert deliver() == Counts(sent=1)
    assert house.calls == []
    assert (row(message_id).provider_ref, row(message_id).sent_from) == (
        f"console:{message_id}",
        None,
    )


def test_the_window_closes_after_a_day(house: Graph) -> None:
    wati_wrote(house)
    assert is_open(ADDRESS, clock.now() + timedelta(hours=23, minutes=59))
    assert not is_open(ADDRESS, clock.now() + timedelta(hours=24))
