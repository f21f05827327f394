"""The sender of WhatsApp: over the number of the house; without one that is active, into files.

Within 24 hours of a person's last word we may say what we like; later only what stands in an approved template. Staff
are told by template always: it holds nothing of a complaint, and telephones show it to whoever stands by. Our own
count of those hours may be wrong, for a word of theirs can reach us days late and the provider's clock decides, so a
refusal for that reason is answered with the template at once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from enum import StrEnum
from functools import partial

from helpdesk.lib import clock
from helpdesk.lib.clients.faults import WireFault
from helpdesk.lib.clients.graph_faults import Declined, Hindrance
from helpdesk.lib.clients.whatsapp import WhatsAppClient
from helpdesk.lib.database import db, unit_of_work
from helpdesk.messaging.events import CHAT
from helpdesk.messaging.message import FREE, TEMPLATE, OutboxMessage
from helpdesk.messaging.senders.base import (
    NOBODY_THERE,
    OURS_TO_MEND,
    UNTIL_MENDED,
    UNTIL_NEXT_ROUND,
    NotYet,
    Pace,
    Refused,
    Sender,
    TryLater,
)
from helpdesk.messaging.templates import Rendered
from helpdesk.messaging.whatsapp import catalogue, lines, staff_telephones
from helpdesk.messaging.whatsapp.choices import BODY_WITH_CHOICES
from helpdesk.messaging.whatsapp.fitting import fitted
from helpdesk.messaging.whatsapp.following import check_when_sent, matters
from helpdesk.messaging.whatsapp.line import WhatsAppLine
from helpdesk.messaging.whatsapp.marking import mark_of
from helpdesk.messaging.whatsapp.pace import held_back
from helpdesk.messaging.whatsapp.proposals import variables_in
from helpdesk.messaging.whatsapp.saying import ANSWERS
from helpdesk.messaging.whatsapp.template import WhatsAppTemplate
from helpdesk.messaging.whatsapp.window import is_open
from helpdesk.messaging.whatsapp.wire import open_client

log = logging.getLogger(__name__)

UNTIL_TRUSTED_AGAIN = timedelta(hours=1)
_PAIR_RATE, _SPAM_RATE = 131056, 131048


class Obstacle(StrEnum):
    """Why a message does not go; stored as the reason, with what the provider or the network said."""

    SAID = "whatsapp_said"
    UNREACHABLE = "whatsapp_unreachable"
    NOT_TRUSTED = "whatsapp_not_trusted"
    NO_TEMPLATE = "no_template"  # the person has not written for a day, and no template says this
    WINDOW_CLOSED = "window_closed"  # the same of words of the moment, which no template could say


class WhatsAppChannel:
    """WhatsApp, under whatever number is set up at the moment."""

    def __init__(self, *, without_line: Sender) -> None:
        self._without_line = without_line

    @contextmanager
    def opened(self) -> Iterator[Sender]:
        """The sender of one postman for one round, with one connection for all his messages."""
        line = lines.active_line()
        if line is None:
            yield self._without_line
            return
        db.session.expunge(line)
        with closing(LineSender(line)) as sender:
            yield sender

    def pace(self) -> Pace:
        """As the administrator allows it."""
        line = lines.active_line()
        return Pace(line.connections, line.per_second * 60) if line is not None else Pace()


class LineSender:
    """Says one message after the other under one number."""

    def __init__(self, line: WhatsAppLine) -> None:
        self._line = line
        self._client: WhatsAppClient | None = None
        self._is_failing = bool(line.error)
        self._down: TryLater | None = None

    def send(self, rendered: Rendered, message: OutboxMessage) -> str:
        """As the contract says; the provider's id of the message is the reference."""
        now = clock.now()
        # Should it be given up, whoever must learn of it is told by another road at once.
        message.check_at = now if matters(message) else None
        if self._down is not None:
            raise _wait_or_turn(self._down, message)
        if (held := held_back(message, now)) is not None:
            raise held
        try:
            reference = self._say(rendered, message)
        except TryLater as wait:
            raise _wait_or_turn(wait, message) from wait
        message.sent_from = self._line.phone_number_id
        message.check_at = check_when_sent(message, self._line, clock.now())
        if self._is_failing:
            unit_of_work(lines.note_working)
            self._is_failing = False
        log.info("message sent", extra={"message_id": message.id, "about": message.event})
        return reference

    def close(self) -> None:
        """Leave the provider."""
        if self._client is not None:
            self._client.close()

    def _say(self, rendered: Rendered, message: OutboxMessage) -> str:
        """Freely while a complainant may be written to freely, else by template."""
        if message.recipient_kind != "staff" and is_open(message.address, clock.now()):
            try:
                return self._ask(lambda client: _freely(client, rendered, message))
            except Declined as refusal:
                if refusal.trouble is not Hindrance.WINDOW:
                    raise self._verdict(refusal) from refusal
        return self._by_template(message)

    def _by_template(self, message: OutboxMessage) -> str:
        if message.event == CHAT:
            raise Refused(Obstacle.WINDOW_CLOSED)
        refused: TryLater | Refused = Refused(Obstacle.NO_TEMPLATE)
        said = catalogue.values_of(message)
        while (template := catalogue.template_for(message)) is not None:
            db.session.expunge(template)
            try:
                return self._ask(partial(_in_form, template=template, said=said, message=message))
            except Declined as refusal:
                refused = self._verdict(refusal)
                if not catalogue.note_refused_template(template.name, template.language, refusal):
                    raise refused from refusal
        raise refused

    def _ask(self, act: Callable[[WhatsAppClient], str]) -> str:
        """Do *act* with the client, holding no connection to the database meanwhile. Raises Declined, TryLater."""
        db.session.close()
        try:
            if self._client is None:
                self._client = open_client(self._line)
            return act(self._client)
        except WireFault as fault:
            raise self._later(fault) from fault

    def _later(self, fault: WireFault) -> TryLater:
        is_ours = fault.trouble in OURS_TO_MEND
        reason = f"{Obstacle.NOT_TRUSTED if is_ours else Obstacle.UNREACHABLE} {fault}"
        if fault.trouble in NOBODY_THERE:
            self._down = NotYet(UNTIL_NEXT_ROUND, reason)
            self._note(fault)
        return NotYet(UNTIL_MENDED, reason) if is_ours else TryLater(reason=reason)

    def _verdict(self, refusal: Declined) -> TryLater | Refused:
        """What the provider's word means for the message, and for those that follow in this round."""
        reason = f"{Obstacle.SAID} {refusal}"
        match refusal.trouble:
            case Hindrance.LATER:
                return TryLater(reason=reason)
            case Hindrance.SLOWER:
                return self._slow_down(refusal, reason)
            case Hindrance.OURS:
                self._note(refusal)
                self._down = NotYet(UNTIL_MENDED, reason)
                return self._down
            case _:
                return Refused(reason, is_address_dead=refusal.trouble is Hindrance.NOBODY)

    def _slow_down(self, refusal: Declined, reason: str) -> NotYet:
        """Too much to one person, or too much altogether: through no fault of the message."""
        lasts = UNTIL_TRUSTED_AGAIN if refusal.code == _SPAM_RATE else UNTIL_NEXT_ROUND
        wait = NotYet(lasts, reason)
        if refusal.code != _PAIR_RATE:
            self._down = wait
        return wait

    def _note(self, fault: Declined | WireFault) -> None:
        catalogue.note_fault(fault)
        self._is_failing = True


def _wait_or_turn(wait: TryLater, message: OutboxMessage) -> TryLater | Refused:
    """What staff are to hear now is not kept until the number works again, where they can be told by email."""
    return Refused(wait.reason) if staff_telephones.can_be_mailed(message) else wait


def _freely(client: WhatsAppClient, rendered: Rendered, message: OutboxMessage) -> str:
    text = fitted(rendered.body, str(message.values.get("link", "")), message.language)
    _mark_read(client, message)
    to, ours = message.address, mark_of(message)
    if message.choices and len(text) <= BODY_WITH_CHOICES:
        reference = client.send_choices(to, text, message.choices, our_data=ours)
    else:
        reference = client.send_text(to, text, our_data=ours)
    message.sent_as = FREE
    return reference


def _mark_read(client: WhatsAppClient, message: OutboxMessage) -> None:
    """Let them see that what is answered was read. Where that fails, the answer tells them."""
    heard = str(message.values.get(ANSWERS, ""))
    if not heard:
        return
    try:
        client.mark_read(heard)
    except (Declined, WireFault) as fault:
        extra = {"message_id": message.id, "fault": str(fault).partition(" ")[0]}
        log.info("not marked as read", extra=extra)


def _in_form(
    client: WhatsAppClient,
    template: WhatsAppTemplate,
    said: dict[str, str],
    message: OutboxMessage,
) -> str:
    values = {name: said[name] for name in variables_in(template.body)}
    reference = client.send_template(
        message.address, template.name, template.language, values, our_data=mark_of(message)
    )
    message.sent_as = TEMPLATE
    return reference
