"""What the pages of the talks say: why a person is wanted, and what came without words."""

from __future__ import annotations

import re
from typing import Any

from flask_babel import lazy_gettext as _l
from markupsafe import Markup, escape

from helpdesk.intake.whatsapp.dialogue.talk import Why
from helpdesk.lib.whatsapp.payload import Kind

_WHY: dict[str, Any] = {
    Why.ASKED: _l("Asks for a person"),
    Why.EMERGENCY: _l("Describes an emergency"),
    Why.VOICE: _l("Sent a voice message: somebody must listen"),
    Why.LOST: _l("The guide did not understand them twice"),
    Why.LOOP: _l("They and the guide went in circles"),
    Why.UNFINISHED: _l("Told something and did not send it"),
    Why.FAULT: _l("The guide failed"),
}


def why_wanted(code: str) -> Any:
    """In words; a code that we do not know says at least that a person is wanted."""
    return _WHY.get(code, _l("A person is wanted"))


_KINDS: dict[str, Any] = {
    Kind.IMAGE: _l("A photo"),
    Kind.VIDEO: _l("A video"),
    Kind.DOCUMENT: _l("A document"),
    Kind.AUDIO: _l("A voice message"),
    Kind.STICKER: _l("A sticker"),
    Kind.LOCATION: _l("A place on the map"),
    Kind.CONTACTS: _l("A contact card"),
    Kind.REACTION: _l("A reaction"),
    Kind.SYSTEM: _l("A notice of WhatsApp"),
    Kind.REQUEST_WELCOME: _l("They opened the chat"),
    Kind.ORDER: _l("An order"),
}


def kind_said(code: str) -> Any:
    """What came, where it has no words; what we cannot read is said to be so."""
    return _KINDS.get(code, _l("Something that WhatsApp does not hand on to us"))


_STRESSED = re.compile(r"(?<![\w*])\*([^*\n]+)\*(?![\w*])")


def as_in_chat(words: str) -> Markup:
    """Our own words, escaped, with their lines, and bold between asterisks as WhatsApp draws it."""
    lines = Markup("<br>").join(_stressed(line) for line in words.strip().splitlines())
    return Markup("<p>{}</p>").format(lines)


def _stressed(line: str) -> Markup:
    pieces = enumerate(_STRESSED.split(line))
    return Markup("").join(
        Markup("<b>{}</b>").format(piece) if index % 2 else escape(piece) for index, piece in pieces
    )
