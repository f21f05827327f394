"""The WhatsApp of the demo: a provider in the simulator, and the house told to speak through it."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from config import Settings
from helpdesk.accounts.organisation import house_name
from helpdesk.lib.database import unit_of_work
from helpdesk.messaging.whatsapp.lines import HOOK_PATH, LineSecrets

if TYPE_CHECKING:
    from helpdesk.simulator.whatsapp.delivery import Delivery
    from helpdesk.simulator.whatsapp.file import PhoneFile
    from helpdesk.simulator.whatsapp.payloads import Account
    from helpdesk.simulator.whatsapp.provider import Provider
    from helpdesk.simulator.whatsapp.telephones import Sample, Telephones

_SECRETS = ("app_secret", "access_token", "verify_token")
# In front of the pharmacy of a hospital that does not exist.
_LATITUDE, _LONGITUDE = -0.94924, 100.35427


def open_telephones(settings: Settings) -> tuple[Telephones, Delivery]:
    """The telephones of the demo's people, and who brings to the house what they say; needs the database.

    The house is told where its provider is before: only then does the director's telephone hear from it.
    """
    from helpdesk.demo.telephones import callers
    from helpdesk.simulator.whatsapp.chats import Owner, user_id_of
    from helpdesk.simulator.whatsapp.delivery import Delivery
    from helpdesk.simulator.whatsapp.file import PhoneFile
    from helpdesk.simulator.whatsapp.provider import Provider
    from helpdesk.simulator.whatsapp.telephones import Place, Telephones

    file = PhoneFile(telephones_path(settings))
    provider = Provider(_account(file), file)
    _approve_templates(provider)
    unit_of_work(lambda: _connect(provider.account, settings))
    people = []
    for one in callers():
        wa_id = one.number.lstrip("+") if one.number else None
        people.append((Owner(one.name, wa_id, one.user_id or user_id_of(wa_id or "")), one.about))
    place = Place(_LATITUDE, _LONGITUDE, "Apotek Rawat Jalan", "RSIA Sekar Ranah, lantai 1")
    telephones = Telephones(provider, people, _samples(), place)
    _begin_talks(telephones)
    return telephones, Delivery(provider, f"http://127.0.0.1:{settings.port}{HOOK_PATH}")


def _connect(account: Account, settings: Settings) -> None:
    """Tell the house where its provider is, inside the caller's unit of work."""
    from helpdesk.demo.telephones import speak_through
    from helpdesk.simulator.whatsapp import graph

    known = LineSecrets(**{name: getattr(account, name) for name in _SECRETS})
    speak_through(f"http://127.0.0.1:{settings.port + 1}{graph.door.url_prefix}", known)


def telephones_path(settings: Settings) -> Path:
    """Where the simulator keeps its chats: beside its mails."""
    return settings.instance_path / "simulator" / "whatsapp.db"


def _account(file: PhoneFile) -> Account:
    """The account of the hospital; its secrets are drawn by lot, once."""
    from helpdesk.demo import telephones
    from helpdesk.simulator.whatsapp.payloads import Account

    drawn = {name: file.fact(name, secrets.token_urlsafe(32)) for name in _SECRETS}
    return Account(
        phone_number_id=telephones.PHONE_NUMBER_ID,
        account_id=telephones.ACCOUNT_ID,
        display_number=telephones.display_number(),
        name=house_name(),
        **drawn,
    )


def _begin_talks(telephones: Telephones) -> None:
    """Let some have written already, once: the voice note of one of them is there to be listened to."""
    from helpdesk.demo.telephones import OPENING_WORDS, SUTAN
    from helpdesk.simulator.whatsapp.telephone import VOICE_TYPE, Telephone
    from helpdesk.simulator.whatsapp.telephones import VOICE

    provider = telephones.provider
    if provider.chats.owners():
        return
    for number, words in OPENING_WORDS.items():
        owner = next(one for one, _about in telephones.people if f"+{one.wa_id}" == number)
        provider.chats.know(owner)
        telephone = Telephone(provider, owner)
        if number == SUTAN:
            voice = telephones.samples[VOICE]
            telephone.send_file(voice.content, VOICE_TYPE, voice.name, is_voice=True)
        telephone.write(words)


def _approve_templates(provider: Provider) -> None:
    """Let the words of today be approved already, so that notices go out after the 24 hours too."""
    from helpdesk.demo.telephones import approved_proposals

    for one in approved_proposals():
        known = {template.language for template in provider.catalogue.named(one.name)}
        if one.language not in known:
            body = {"type": "BODY", "text": one.body}
            provider.catalogue.put(one.name, one.language, [body])


def _samples() -> dict[str, Sample]:
    from helpdesk.demo.telephones import paper, photograph
    from helpdesk.simulator.whatsapp.telephones import (
        DOCUMENT,
        PHOTO,
        VOICE,
        VOICE_NOTE,
        Sample,
    )

    picture, document = photograph(), paper()
    return {
        PHOTO: Sample(picture[1], "image/jpeg", picture[0]),
        DOCUMENT: Sample(document[1], "application/pdf", document[0]),
        VOICE: Sample("suara.ogg", "audio/ogg", VOICE_NOTE.read_bytes()),
    }
