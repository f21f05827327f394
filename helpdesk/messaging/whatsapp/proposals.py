"""What the house says by itself, in the shape of a template that the provider can approve.

Outside the 24 hours only approved templates get through. Each event for complainants is proposed in each language, in
the words of its message; where those are of a letter, in words of ``templates/messages/whatsapp``. They hold the
number, a date and the link, nothing of what was said, so they are of the category *utility*. Everything that staff are
told goes by one template, ``staff_news``, which carries the subject line: a dozen more would have to be approved.
https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/overview
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from itertools import product
from typing import Any

from flask_babel import lazy_gettext as _l

from helpdesk.accounts.organisation import house_name, local_zone, number_prefix, whom_to_call
from helpdesk.lib import clock
from helpdesk.lib.placeholders import fill, placeholders_in
from helpdesk.lib.settings import current_settings
from helpdesk.lib.words import LANGUAGES, moment_in_words
from helpdesk.messaging.events import EVENTS, Audience
from helpdesk.messaging.rewording import wordings_in_use
from helpdesk.messaging.templates import Wording, filed_wording
from helpdesk.messaging.wordbook import FOLDER

BODY_LENGTH = 1024  # characters
_OF_MAIL_ALONE = frozenset({"letter_with_copies", "whom_to_call", "whom_to_call_only"})
STAFF_NEWS = "staff_news"
OFFERED = (
    *(
        event
        for event, about in EVENTS.items()
        if about.audience is Audience.COMPLAINANT and event not in _OF_MAIL_ALONE
    ),
    STAFF_NEWS,
)
_OWN_WORDS = FOLDER / "whatsapp"
_VARIABLE = re.compile(r"\{\{(\w+)\}\}")
_ON_AN_EDGE = re.compile(r"\A\W*\{\{\w+\}\}|\{\{\w+\}\}\W*\Z")
_SIDE_BY_SIDE = re.compile(r"\{\{\w+\}\}\s*\{\{\w+\}\}")
_NAME = re.compile(r"(\w+?)(?:_[0-9a-f]{8})?")


@dataclass(frozen=True)
class Proposal:
    """A template as it would be handed in. *name* changes with the words, because each wording is approved anew.

    *examples* has a value for each variable; *problem* is a sentence on why the provider would refuse it, or None.
    """

    event: str
    language: str
    name: str
    body: str
    examples: dict[str, str]
    problem: Any = None


def proposals() -> dict[tuple[str, str], Proposal]:
    """One for each of ``OFFERED`` in each language, in the words that are in use now."""
    reworded = wordings_in_use()
    house = house_name()
    samples = {language: _samples(language) for language in LANGUAGES}
    found = {}
    for event, language in product(OFFERED, LANGUAGES):
        text = _own_words(event, language) or _words_of_mail(event, language, reworded)
        found[event, language] = _proposal(event, language, text, house, samples[language])
    return found


def _words_of_mail(event: str, language: str, reworded: Mapping[tuple[str, str], Wording]) -> str:
    return (reworded.get((event, language)) or filed_wording(event, language)).body


def _proposal(
    event: str, language: str, text: str, house: str, samples: dict[str, str]
) -> Proposal:
    gaps = {name: f"{{{{{name}}}}}" for name in placeholders_in(text)}
    body = re.sub(r"\n{3,}", "\n\n", fill(text, {**gaps, "organisation": house})).strip()
    return Proposal(
        event=event,
        language=language,
        name=f"{event}_{hashlib.sha256(body.encode()).hexdigest()[:8]}",
        body=body,
        examples={name: samples[name] for name in variables_in(body)},
        problem=_problem(body),
    )


def variables_in(body: str) -> list[str]:
    """The names of the variables of a template, each once, in their order."""
    return list(dict.fromkeys(_VARIABLE.findall(body)))


def event_of(name: str) -> str:
    """The event that a template of that name speaks for: one of ours, or made by hand under the event's own name."""
    found = _NAME.fullmatch(name)
    return found[1] if found and found[1] in OFFERED else ""


def _problem(body: str) -> Any:
    if len(body) > BODY_LENGTH:
        return _l("Longer than %(most)s characters.", most=BODY_LENGTH)
    if _ON_AN_EDGE.search(body):
        return _l("It must not begin or end with something in braces.")
    if _SIDE_BY_SIDE.search(body):
        return _l("Between two things in braces there must be words.")
    return None


@lru_cache
def _own_words(event: str, language: str) -> str:
    path = _OWN_WORDS / f"{event}.{language}.txt"
    return path.read_text("utf-8") if path.exists() else ""


def _samples(language: str) -> dict[str, str]:
    """Such values as will stand there: without them nobody reviews a template."""
    zone = local_zone()
    base = current_settings().base_url
    soon = moment_in_words(clock.now() + timedelta(days=3), zone, language)
    later = moment_in_words(clock.now() + timedelta(days=30), zone, language)
    number = f"{number_prefix()}-26-00042-7"
    return {
        "number": number,
        "link": f"{base}/k/contoh",
        "due": soon,
        "until": soon,
        "object_until": later,
        "emergency": whom_to_call(language),
        "news": filed_wording("breached", language).subject.format(number=number),
    }
