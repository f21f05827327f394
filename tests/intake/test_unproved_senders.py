"""A complaint whose domain denies having sent it is a ticket, and nobody hears of it before the desk has looked."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from helpdesk.intake.mail_outcome import Reason
from helpdesk.lib.errors import Conflict
from helpdesk.messaging.outbox import messages_about
from helpdesk.sla.rules import ClockKind
from helpdesk.tickets import answering
from helpdesk.tickets.moves import Move
from helpdesk.tickets.resending import resend_link
from helpdesk.tickets.vouching import vouch_for_sender
from helpdesk.tickets.workflow import moves_open_to
from tests.intake.mailing import arrive, compose, have_mailbox, kinds, number, ticket_of
from tests.support.cast import Cast
from tests.tickets.steps import FRIDAY, answer, clocks_of, sweep

WATI = "wati@example.org"


def said_to_complainant(ticket_id: int | None) -> list[tuple[str, str]]:
    about = messages_about("ticket", ticket_id or 0)
    return [(one.event, one.address) for one in about if one.recipient_kind == "complainant"]


def forged(**facts: str) -> tuple[str, int]:
    """A ticket that a denied mail opened: its number and id."""
    row = arrive(compose(checks="dmarc=fail", **facts), have_mailbox())
    assert row.ticket_id is not None
    return number(row), row.ticket_id


def test_a_denied_sender_gets_no_receipt(cast: Cast) -> None:
    _number, ticket_id = forged()
    assert kinds(ticket_id) == ["open"]
    assert said_to_complainant(ticket_id) == []


@pytest.mark.parametrize("checks", ["", "dmarc=none", "dmarc=pass", "spf=none; dkim=none"])
def test_whoever_nobody_denies_gets_one(cast: Cast, checks: str) -> None:
    row = arrive(compose(checks=checks), have_mailbox())
    assert said_to_complainant(row.ticket_id) == [("received", WATI)]
    assert ticket_of(row).unproved_address == ""


def test_nothing_else_goes_there_by_itself(cast: Cast) -> None:
    """Neither what staff write for the track page, nor the link: not to the desk's button, and not to a request."""
    numbered, ticket_id = forged()
    cast.triage(numbered)
    cast.act("sari", numbered, lambda t, by: answering.reply_interim(t, "Sebentar.", by=by))
    with pytest.raises(Conflict):
        cast.act("sari", numbered, lambda t, by: resend_link(t, by=by))
    assert said_to_complainant(ticket_id) == []
    assert not {Move.WRITE, Move.RESEND_LINK} & moves_open_to(
        cast.ticket(numbered), cast.actor("sari")
    )


def test_once_somebody_made_sure_the_receipt_goes_out(cast: Cast) -> None:
    numbered, ticket_id = forged()
    assert Move.VOUCH in moves_open_to(cast.ticket(numbered), cast.actor("sari"))
    cast.act("sari", numbered, lambda t, by: vouch_for_sender(t, by=by))
    assert said_to_complainant(ticket_id) == [("received", WATI)]
    assert Move.VOUCH not in moves_open_to(cast.ticket(numbered), cast.actor("sari"))
    with pytest.raises(Conflict):
        cast.act("dimas", numbered, lambda t, by: vouch_for_sender(t, by=by))


def test_who_was_answered_meanwhile_gets_the_link(cast: Cast) -> None:
    numbered, ticket_id = forged()
    cast.triage(numbered)
    cast.act("sari", numbered, lambda t, by: answering.answer_ticket(t, "Sudah ada.", by=by))
    cast.act("sari", numbered, lambda t, by: vouch_for_sender(t, by=by))
    assert said_to_complainant(ticket_id) == [("link_again", WATI)]


def test_an_address_left_with_somebody_elses_name_and_number_is_not_theirs(cast: Cast) -> None:
    mailbox_id = have_mailbox()
    evil = {"name": "wati", "whatsapp": "081234560172", "email": "mallory@evil.example"}
    cast.complain("Parkir penuh.", **evil)  # before
    number = cast.complain("Perawat membentak.").number
    cast.complain("Toilet kotor.", **evil)  # and after
    sender = "Mallory <mallory@evil.example>"
    arrived = arrive(
        compose("Bohong.", subject=number, sender=sender, checks="dmarc=pass"), mailbox_id
    )
    assert arrived.reason == Reason.QUOTED
    assert arrived.ticket_id != cast.ticket(number).id


def test_who_learns_of_the_answer_only_now_has_their_whole_time_to_judge_it(cast: Cast) -> None:
    with time_machine.travel(FRIDAY, tick=False) as traveller:
        numbered, _ticket_id = forged()
        cast.triage(numbered)
        answer(cast, numbered)
        due_at = clocks_of(numbered, ClockKind.CONFIRM)[-1].due_at
        assert due_at is not None
        traveller.move_to(due_at - timedelta(minutes=5))
        cast.act("sari", numbered, lambda t, by: vouch_for_sender(t, by=by))
        traveller.shift(timedelta(minutes=10))
        sweep()
        assert cast.ticket(numbered).status == "answered"
