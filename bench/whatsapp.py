"""WhatsApp: webhooks over real HTTP to a committed row, and from a webhook to the queued reply."""

from __future__ import annotations

import random
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from http.client import HTTPConnection
from itertools import count
from typing import Any

from sqlalchemy import func, select

from bench.house import House
from bench.http import CONNECTIONS, serving
from bench.stopwatch import Subject, Times
from bench.words import complaint, full_name
from helpdesk.intake import inbox
from helpdesk.intake.inbound import Inbound
from helpdesk.intake.understanding import understand
from helpdesk.intake.whatsapp.arrivals import reference_of
from helpdesk.intake.whatsapp.conversation import Conversation
from helpdesk.intake.whatsapp.conversations import QUIET
from helpdesk.intake.whatsapp.message import WhatsAppMessage
from helpdesk.intake.whatsapp.talking import answer
from helpdesk.lib import clock
from helpdesk.lib.database import db
from helpdesk.messaging.message import OutboxMessage
from tests.support.webhooks import have_line, message, post, signed

HOOK = "/hooks/whatsapp"
TO_ROW = "webhook to stored row"
TO_REPLY = "webhook to queued reply"
_PATIENCE = 30.0  # seconds
_numbers = count(1)


@dataclass(frozen=True)
class Accepted:
    """Webhooks that were answered with 200, every one a committed row; seconds."""

    per_second: float
    p50: float
    p99: float


def arriving(house: House) -> list[Subject]:
    """A text of a stranger stored by the hook; and the same understood and answered, without the quiet that is waited.

    Through WSGI in this process. What the worker would do at its next turns is done at once, and the clock is set
    forward by the time for which we let people finish their thought.
    """
    chance, waiting = random.Random(19), list[tuple[bytes, str]]()
    with house.app.app_context():
        have_line(house.cast)
    client = house.app.test_client()

    def store() -> str:
        raw, provider_id = waiting.pop()
        if client.post(HOOK, data=raw, headers=signed(raw)).status_code != 200:
            raise AssertionError("the webhook was not taken")
        return provider_id

    def reply() -> None:
        provider_id = store()
        with house.app.app_context():
            _understand_newest()
            _answer_about(provider_id)

    prepare = partial(_prepare, waiting, chance)
    return [Subject(TO_ROW, store, prepare=prepare), Subject(TO_REPLY, reply, prepare=prepare)]


def rates(times: dict[str, Times]) -> dict[str, float]:
    """Each per second, one after the other."""
    return {name: 1 / times[name].median for name in (TO_ROW, TO_REPLY)}


def load_hook(house: House, seconds: int) -> Accepted:
    """POST as fast as the server takes it through gunicorn, over several connections; each body is another message.

    Raises AssertionError unless every POST was answered with 200 and is one row.
    """
    before = _rows(house)
    with serving(house) as port, ThreadPoolExecutor(CONNECTIONS) as senders:
        list(senders.map(partial(_post_for, port, 0.5), range(CONNECTIONS)))  # every worker warm
        warm = _rows(house) - before
        began = time.perf_counter()
        taken = list(senders.map(partial(_post_for, port, seconds), range(CONNECTIONS)))
        lasted = time.perf_counter() - began
    waits = [wait for some in taken for wait in some]
    if _rows(house) - before - warm != len(waits):
        raise AssertionError("a webhook that was answered with 200 is no row")
    hundredths = statistics.quantiles(waits, n=100, method="inclusive")
    return Accepted(len(waits) / lasted, hundredths[49], hundredths[98])


def _prepare(waiting: list[tuple[bytes, str]], chance: random.Random) -> None:
    said = _said(complaint(chance))
    waiting.append((post(said, name=full_name(chance)), said["id"]))


def _said(text: str) -> dict[str, Any]:
    """Words of somebody who never wrote before."""
    number = next(_numbers)
    return message(
        wa_id=f"628999{number:08}",
        user_id=f"ID.BENCH{number}",
        provider_id=f"wamid.BENCH{time.time_ns()}.{number}",
        text={"body": text},
    )


def _understand_newest() -> None:
    newest = db.session.scalar(
        select(func.max(Inbound.id)).where(Inbound.channel == inbox.WHATSAPP)
    )
    if not understand(newest or 0):
        raise AssertionError("the webhook was not understood")


def _answer_about(provider_id: str) -> None:
    talk_id = db.session.scalar(
        select(Conversation.id)
        .join(WhatsAppMessage, WhatsAppMessage.contact_id == Conversation.contact_id)
        .where(WhatsAppMessage.reference == reference_of(provider_id))
    )
    with clock.standing_at(clock.now() + QUIET + timedelta(seconds=1)):
        is_answered = talk_id is not None and answer(talk_id)
    replies = select(func.count()).where(
        OutboxMessage.subject_kind == "conversation", OutboxMessage.subject_id == talk_id
    )
    if not is_answered or not db.session.scalar(replies):
        raise AssertionError(f"{provider_id} has no reply")


def _post_for(port: int, seconds: float, sender: int) -> list[float]:
    """How long each POST of one connection waited for its 200."""
    chance, waits = random.Random(sender), list[float]()
    connection = HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)
    ends = time.perf_counter() + seconds
    while (began := time.perf_counter()) < ends:
        raw = post(_said(complaint(chance)))
        connection.request("POST", HOOK, raw, signed(raw))
        answered = connection.getresponse()
        answered.read()
        if answered.status != 200:
            raise AssertionError(f"a webhook was answered with {answered.status}")
        waits.append(time.perf_counter() - began)
    connection.close()
    return waits


def _rows(house: House) -> int:
    with house.app.app_context():
        counted = select(func.count()).where(Inbound.channel == inbox.WHATSAPP)
        return db.session.scalar(counted) or 0
