"""Email in both directions: from the raw bytes to the committed ticket, and through the postmen to a mail server."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from bench.house import House
from bench.stopwatch import Subject, Times
from bench.words import complaint, full_name
from helpdesk.accounts.actor import Actor
from helpdesk.intake import inbox
from helpdesk.intake.admission import admit
from helpdesk.intake.inbound import Fate
from helpdesk.intake.submission import Submission
from helpdesk.intake.understanding import understand
from helpdesk.lib import clock
from helpdesk.lib.database import unit_of_work
from helpdesk.messaging import postman, relay
from helpdesk.messaging.relay import RelaySettings
from helpdesk.tickets.states import Channel
from tests.support.smtp import PostOffice

ARRIVING = "email, raw bytes to ticket"
POSTED = 50  # emails in one round of the postmen
POSTING = f"{POSTED} emails through the postmen"
CONNECTIONS = 2  # as a relay is set up unless somebody says otherwise
_OURS = "keluhan@rs.example"


def arriving(house: House) -> Subject:
    """A mail kept durably, read, understood and made a ticket, its receipt queued; another sender each time."""
    chance, waiting = random.Random(13), list[bytes]()

    def take_in() -> None:
        raw = waiting.pop()
        with house.app.app_context():
            stored = inbox.store(raw, channel=inbox.EMAIL, key=inbox.pipe_key(raw), mailbox_id=None)
            if understand(stored.row_id) is not Fate.OPENED:
                raise AssertionError("the mail became no ticket")

    return Subject(ARRIVING, take_in, prepare=lambda: waiting.append(_mail(chance)))


@contextmanager
def posting(house: House) -> Iterator[Subject]:
    """What the postmen carry to a mail server on this machine in one round: composed, kept, sent and settled."""
    office, chance = PostOffice().start(), random.Random(17)
    settings = RelaySettings(
        from_address=_OURS,
        host="127.0.0.1",
        port=office.port,
        security="none",
        connections=CONNECTIONS,
        per_minute=1_000_000,
    )

    def carry() -> None:
        with house.app.app_context():
            sent = postman.deliver_due(clock.now(), POSTED).sent
        if sent != POSTED:
            raise AssertionError(f"{sent} of {POSTED} were sent")

    try:
        with house.app.app_context():
            while sum(vars(postman.deliver_due(clock.now(), 1000)).values()):
                pass  # what earlier subjects had to say
            by = Actor.system("bench")
            unit_of_work(
                lambda: relay.set_up_relay(settings, secret=None, seen_version=None, by=by)
            )
        yield Subject(POSTING, carry, prepare=_queueing(house, chance))
    finally:
        office.stop()


def rates(times: dict[str, Times]) -> dict[str, float]:
    """Messages per second of both."""
    return {
        ARRIVING: 1 / times[ARRIVING].median,
        POSTING: POSTED / times[POSTING].median,
    }


def _queueing(house: House, chance: random.Random) -> Callable[[], None]:
    def complain() -> None:
        for _ in range(POSTED):
            name = full_name(chance)
            admit(
                Submission(
                    text=complaint(chance),
                    channel=Channel.WEB,
                    name=name,
                    email=f"{chance.randrange(10**12)}@mail.example",
                    has_consented=True,
                )
            )

    def queue() -> None:
        with house.app.app_context():
            unit_of_work(complain)

    return queue


def _mail(chance: random.Random) -> bytes:
    """As a telephone sends it: words as text and as HTML, and what was quoted below."""
    words, sender = complaint(chance), f"{chance.randrange(10**12)}@mail.example"
    mail = EmailMessage()
    mail["From"] = f"{full_name(chance)} <{sender}>"
    mail["To"] = _OURS
    mail["Subject"] = " ".join(words.split()[:6])
    mail["Date"] = format_datetime(clock.now())
    mail["Message-ID"] = make_msgid(domain="mail.example")
    mail.set_content(words)
    mail.add_alternative(f"<html><body><p>{words}</p></body></html>", subtype="html")
    return mail.as_bytes()
