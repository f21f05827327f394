"""Files that go with an answer lie behind the link: the notice says that they are there."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from flask import Flask

from helpdesk.lib.uploads import Received
from helpdesk.messaging.message import OutboxMessage
from helpdesk.messaging.outbox import messages_about
from helpdesk.messaging.templates import render_message
from helpdesk.tickets.answering import answer_ticket, reply_interim
from helpdesk.tickets.keys import link_of
from tests.support.cast import Cast
from tests.tickets.histories import PHOTOGRAPH
from tests.tickets.steps import row_of
from tests.web.workbench import tokenless

ANNOUNCED = "(Di sana juga ada {} berkas untuk Anda.)"
VERBS = {"answered": answer_ticket, "interim": reply_interim}


def notice(cast: Cast, event: str, files: Sequence[Received]) -> tuple[str, OutboxMessage]:
    """The ticket's number, and what was said to its complainant."""
    number = cast.complain().number
    cast.triage(number)
    cast.act("sari", number, lambda t, by: VERBS[event](t, "Terlampir.", by=by, files=files))
    (told,) = [one for one in messages_about("ticket", row_of(number).id) if one.event == event]
    return number, told


@pytest.mark.parametrize("event", VERBS)
def test_the_notice_says_below_the_link_that_there_are_files(cast: Cast, event: str) -> None:
    number, told = notice(cast, event, [PHOTOGRAPH, PHOTOGRAPH])
    assert told.channel == "whatsapp"
    assert f"{link_of(row_of(number))}\n{ANNOUNCED.format(2)}\n" in render_message(told).body


def test_without_files_nothing_is_said_of_them(cast: Cast) -> None:
    _number, told = notice(cast, "answered", [])
    assert "berkas" not in render_message(told).body


def test_the_administrator_sees_the_line_and_nothing_else(app: Flask, cast: Cast) -> None:
    number, told = notice(cast, "answered", [PHOTOGRAPH])
    page = tokenless(app, cast, "ayu").get(f"/admin/kotak-keluar/{told.id}").get_data(as_text=True)
    assert ANNOUNCED.format(1) in page
    assert number not in page
