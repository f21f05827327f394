"""Workers that answer the same conversation, while more is being said: one ticket, one reply, nothing forgotten."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import func, select

from config import Settings
from helpdesk.intake.inbound import Inbound
from helpdesk.intake.inbox import raw_of
from helpdesk.intake.understanding import understand
from helpdesk.intake.whatsapp import forgetting, talking
from helpdesk.intake.whatsapp.conversation import Conversation
from helpdesk.intake.whatsapp.message import WhatsAppMessage
from helpdesk.lib import clock
from helpdesk.lib.database import Model, db, unit_of_work
from helpdesk.messaging.message import OutboxMessage
from helpdesk.tickets.ticket import Ticket
from tests.support.cast import Cast
from tests.support.processes import meet, together
from tests.support.webhooks import arrive, deposit, have_line, message, post

WORKERS, BURST = 4, 12
STORY = "Perawat lt 2 shift malam jutek bgt, ditanya malah ketus"


@pytest.fixture(autouse=True)
def _line(cast: Cast) -> None:
    have_line(cast)


def how_many(model: type[Model]) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def be_due() -> None:
    """The quiet time is over."""

    def look_now() -> None:
        for one in db.session.scalars(select(Conversation)):
            one.look_at = clock.now() - timedelta(seconds=1)

    unit_of_work(look_now)


def answer_together(rounds: int) -> int:
    """What a worker does, again and again."""
    meet()
    answered = 0
    for _round in range(rounds):
        answered += talking.answer_due(clock.now() + timedelta(minutes=1))
    return answered


def forget_together(at_most: int) -> int:
    meet()
    return sum(forgetting.forget_due(clock.now()) for _round in range(at_most))


def understand_one_by_one(row_ids: list[int]) -> None:
    meet()
    for row_id in row_ids:
        understand(row_id)


def tap(choice: str) -> bytes:
    reply = {"type": "button_reply", "button_reply": {"id": choice, "title": "?"}}
    return post(message("interactive", interactive=reply))


def test_one_complaint_however_many_workers_answer(settings: Settings) -> None:
    arrive(post(message(text={"body": STORY})))
    be_due()
    answered = together(settings, [partial(answer_together, 2)] * WORKERS)
    assert sum(answered) == 1
    arrive(tap("send"))
    arrive(tap("send"))
    be_due()
    together(settings, [partial(answer_together, 2)] * WORKERS)
    assert how_many(Ticket) == 1
    chats = select(func.count()).where(OutboxMessage.event == "chat")
    # The summary, number with PIN, and that it is sent already.
    assert db.session.scalar(chats) == 3


def test_what_is_said_while_we_answer_is_answered(settings: Settings) -> None:
    rows = [
        deposit(post(message(text={"body": f"{STORY}, kejadian ke-{number}"})))
        for number in range(BURST)
    ]
    answer: Callable[[], object] = partial(answer_together, 6)
    speak: Callable[[], object] = partial(understand_one_by_one, rows)
    together(settings, [speak, *[answer] * (WORKERS - 1)])
    be_due()
    talking.answer_due(clock.now())
    assert how_many(WhatsAppMessage) == BURST
    unhandled = select(func.count()).where(WhatsAppMessage.handled_at.is_(None))
    assert db.session.scalar(unhandled) == 0
    (conversation,) = db.session.scalars(select(Conversation)).all()
    assert (len(conversation.gathered["story"]), conversation.error) == (BURST, "")


def test_workers_forget_one_talk_together(settings: Settings) -> None:
    arrive(post(message(text={"body": f"{STORY}, anonim ya"})))
    be_due()
    talking.answer_due(clock.now())
    arrive(tap("wish:anonim"))
    be_due()
    talking.answer_due(clock.now())
    assert how_many(Ticket) == 1
    together(settings, [partial(forget_together, 2)] * WORKERS)
    db.session.rollback()
    assert set(db.session.scalars(select(WhatsAppMessage.look_at))) == {None}
    assert not [row for row in db.session.scalars(select(Inbound)) if STORY.encode() in raw_of(row)]
