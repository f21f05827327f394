"""The provider repeats itself at the same moment, and people write faster than we read: nothing twice, nothing lost."""

from __future__ import annotations

import json
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from http.client import HTTPConnection, HTTPException
from itertools import count
from threading import Barrier, Event
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from sqlalchemy import event, func, select

from config import Settings
from helpdesk.intake.inbound import Fate, Inbound
from helpdesk.intake.inbox import post_key, raw_of
from helpdesk.intake.understanding import LEASE, understand, understand_due
from helpdesk.intake.whatsapp.conversation import Conversation
from helpdesk.intake.whatsapp.message import WhatsAppMessage
from helpdesk.lib import clock
from helpdesk.lib.database import Model, db
from helpdesk.messaging.whatsapp.contact import Contact
from tests.concurrency.killing import kill_everything
from tests.support.cast import Cast
from tests.support.live import Live
from tests.support.processes import crew, meet, together
from tests.support.webhooks import deposit, have_line, message, messages, post, signed

TWINS = 8
BURST = 20
TOLD_BEFORE_THE_KILL = 10
COMMIT_THAT_SETTLES = 2  # the first one claims
WITHIN = 60.0  # seconds


@pytest.fixture(autouse=True)
def _line(cast: Cast) -> None:
    have_line(cast)


def how_many(model: type[Model]) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def understand_together(row_ids: list[int]) -> list[str | None]:
    """Each row at the same moment as everybody else's."""
    fates = []
    for row_id in row_ids:
        meet()
        fates.append(understand(row_id))
    return [fate and fate.value for fate in fates]


def sweep(rounds: int) -> int:
    """What a worker does, again and again."""
    meet()
    return sum(understand_due(clock.now()) for _round in range(rounds))


def deliver(live: Live, raws: list[bytes]) -> list[int]:
    """POST all of *raws* at the same moment, over HTTP; the statuses."""
    line = Barrier(len(raws))

    def send(raw: bytes) -> int:
        where = urlsplit(live.url)
        connection = HTTPConnection(where.hostname or "", where.port, WITHIN)
        line.wait(WITHIN)
        try:
            connection.request("POST", "/hooks/whatsapp", raw, signed(raw))
            answer = connection.getresponse()
            answer.read()
            return answer.status
        finally:
            connection.close()

    with ThreadPoolExecutor(len(raws)) as senders:
        return list(senders.map(send, raws))


def test_the_same_post_eight_times_at_once_is_one_row(web: Live) -> None:
    raw = post(message())
    assert deliver(web, [raw] * TWINS) == [200] * TWINS
    assert how_many(Inbound) == 1
    understand_due(clock.now())
    assert how_many(WhatsAppMessage) == 1


def test_the_same_message_in_eight_posts_understood_at_once_is_one_row(settings: Settings) -> None:
    """Of a stranger: message, contact and conversation are all made at the same moment."""
    said = message()
    bodies = [json.dumps(json.loads(post(said)), indent=spaces).encode() for spaces in range(TWINS)]
    rows = [deposit(raw) for raw in bodies]
    told = together(settings, [partial(understand_together, [row_id]) for row_id in rows])
    assert told == [[Fate.SPLIT]] * TWINS
    assert [how_many(one) for one in (WhatsAppMessage, Contact, Conversation)] == [1, 1, 1]
    reasons = db.session.scalars(select(Inbound.reason).order_by(Inbound.reason)).all()
    assert list(reasons) == ["messages", *["same_messages"] * (TWINS - 1)]


def test_one_post_claimed_by_eight_workers_is_understood_once(settings: Settings) -> None:
    row_id = deposit(post(*[message() for _one in range(5)]))
    told = together(settings, [partial(understand_together, [row_id])] * TWINS)
    assert {fate for fates in told for fate in fates} <= {Fate.SPLIT, None}
    assert how_many(WhatsAppMessage) == 5


def test_twenty_messages_in_a_second_are_twenty_rows_in_one_conversation(
    web: Live, settings: Settings
) -> None:
    began = clock.now() - timedelta(seconds=30)
    raws = [
        post(
            message(
                provider_id=f"wamid.B{one:02}",
                at=began + timedelta(seconds=one),
                text={"body": str(one)},
            )
        )
        for one in range(BURST)
    ]
    assert deliver(web, raws) == [200] * BURST
    together(settings, [partial(sweep, 4)] * 4)
    fates = db.session.scalars(select(Inbound.fate)).all()
    assert list(fates) == [Fate.SPLIT] * BURST
    assert [one.text for one in messages()] == [str(one) for one in range(BURST)]
    assert [how_many(one) for one in (Contact, Conversation)] == [1, 1]
    talk = db.session.scalars(select(Conversation)).one()
    assert talk.look_at is not None
    assert talk.heard_at == max(one.said_at for one in messages())


def test_both_halves_of_one_account_at_once_are_one_contact(settings: Settings) -> None:
    """By number alone, by id alone, and by both: whichever comes first, in the end there is one conversation."""
    rows = [
        [deposit(post(message(user_id=None))) for _one in range(3)],
        [deposit(post(message(wa_id=None))) for _one in range(3)],
        [deposit(post(message())) for _one in range(3)],
    ]
    together(settings, [partial(understand_together, some) for some in rows])
    assert {row.fate for row in db.session.scalars(select(Inbound))} == {Fate.SPLIT}
    understand(deposit(post(message())))
    assert len({one.contact_id for one in messages()}) == 1
    assert len(messages()) == 10


def test_what_was_answered_with_200_survives_kill_9(web: Live) -> None:
    """Eight connections post while everything is killed; the provider repeats what it was not told about."""
    told: list[bytes] = []  # appended to by all senders, which is one step in Python
    enough = Event()

    def send_until_the_end(sender: int) -> None:
        where = urlsplit(web.url)
        connection = HTTPConnection(where.hostname or "", where.port, WITHIN)
        for turn in count():
            raw = post(message(provider_id=f"wamid.K{sender}.{turn}"))
            try:
                connection.request("POST", "/hooks/whatsapp", raw, signed(raw))
                is_taken = connection.getresponse().read() == b""
            except (OSError, HTTPException):
                return
            if is_taken:
                told.append(raw)
            if len(told) >= TOLD_BEFORE_THE_KILL:
                enough.set()

    with ThreadPoolExecutor(TWINS) as senders:
        sending = [senders.submit(send_until_the_end, one) for one in range(TWINS)]
        assert enough.wait(WITHIN)
        kill_everything(web)
        for one in sending:
            one.result()
    kept = {row.key: row for row in db.session.scalars(select(Inbound))}
    assert all(raw_of(kept[post_key(raw)]) == raw for raw in told)
    web.start_server()
    assert deliver(web, told[:TWINS]) == [200] * TWINS
    assert how_many(Inbound) == len(kept), "what comes again is no news"


def understand_and_die(row_id: int, moment: str) -> None:
    """Understand, and be killed right before or right after the commit that settles."""
    commits = 0

    @event.listens_for(db.session, moment)
    def _die(_session: Any) -> None:
        nonlocal commits
        commits += 1
        if commits == COMMIT_THAT_SETTLES:
            os.kill(os.getpid(), signal.SIGKILL)

    understand(row_id)


@pytest.mark.parametrize("moment", ["before_commit", "after_commit"])
def test_a_worker_killed_in_the_middle_is_followed_by_another(
    settings: Settings, moment: str
) -> None:
    row_id = deposit(post(*[message() for _one in range(5)]))
    with crew(settings, [partial(understand_and_die, row_id, moment)]) as (victim,):
        assert victim.was_killed
    assert how_many(WhatsAppMessage) == (0 if moment == "before_commit" else 5)
    with time_machine.travel(clock.now() + LEASE + timedelta(minutes=1)):
        assert understand(row_id) is Fate.SPLIT
    assert [how_many(one) for one in (WhatsAppMessage, Contact, Conversation)] == [5, 1, 1]
