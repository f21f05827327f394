"""By which road a word to the complainant would reach them now; where by none, somebody must call."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from helpdesk.lib import clock
from helpdesk.lib.database import db, unit_of_work
from helpdesk.messaging.whatsapp.template import WhatsAppTemplate
from helpdesk.registry.complainant import IdentifierKind
from helpdesk.registry.undeliverable import note_undeliverable
from helpdesk.tickets.moves import Move
from helpdesk.tickets.roads import road_of_notice
from tests.messaging.whatsapp.line import ADDRESS, heard_from
from tests.support.cast import Cast
from tests.support.webhooks import have_line

WATI = "wati@example.org"

pytestmark = pytest.mark.usefixtures("traveller")


def road(cast: Cast, number: str, move: Move = Move.ANSWER) -> str:
    return road_of_notice(cast.ticket(number), move, clock.now())


def approve(event: str, status: str = "approved") -> None:
    def write() -> None:
        db.session.add(
            WhatsAppTemplate(
                name=f"{event}_{status}",
                language="id",
                event=event,
                status=status,
                category="utility",
                body="Halo",
                synced_at=clock.now(),
            )
        )

    unit_of_work(write)


def test_freely_for_a_day_and_then_only_what_a_template_says(
    cast: Cast, traveller: time_machine.Traveller
) -> None:
    have_line(cast)
    number = cast.complain(whatsapp=ADDRESS).number
    assert road(cast, number) == "", "they never wrote to us, and no template is approved"
    heard_from()
    assert road(cast, number) == "whatsapp"
    traveller.shift(timedelta(hours=25))
    assert road(cast, number) == ""
    approve("answered", "pending")
    assert road(cast, number) == ""
    approve("answered")
    assert road(cast, number) == "whatsapp"
    assert road(cast, number, Move.INTERIM_REPLY) == "", "that template says an answer"


def test_what_matters_goes_by_email_where_one_was_left(cast: Cast) -> None:
    have_line(cast)
    number = cast.complain(whatsapp=ADDRESS, email=WATI).number
    assert road(cast, number) == "email"
    assert road(cast, number, Move.ASK) == "email"
    assert road(cast, number, Move.INTERIM_REPLY) == ""
    unit_of_work(lambda: note_undeliverable(IdentifierKind.EMAIL, WATI, "550 unknown"))
    assert road(cast, number) == ""


def test_a_number_without_whatsapp_is_not_reached_there(cast: Cast) -> None:
    have_line(cast)
    number = cast.complain(whatsapp=ADDRESS).number
    approve("answered")
    unit_of_work(lambda: note_undeliverable(IdentifierKind.PHONE, ADDRESS, "131026"))
    assert road(cast, number) == ""


def test_without_a_number_of_ours_nothing_goes_by_whatsapp(cast: Cast) -> None:
    number = cast.complain(whatsapp=ADDRESS, email=WATI).number
    approve("answered")
    assert road(cast, number) == ""


def test_email_goes_until_the_address_is_dead(cast: Cast) -> None:
    number = cast.complain(whatsapp="", email=WATI).number
    assert road(cast, number) == "email"
    unit_of_work(lambda: note_undeliverable(IdentifierKind.EMAIL, WATI, "550 unknown"))
    assert road(cast, number) == ""


def test_a_telephone_alone_is_called(cast: Cast) -> None:
    have_line(cast)
    number = cast.complain(whatsapp="", phone=ADDRESS).number
    assert road(cast, number) == ""
