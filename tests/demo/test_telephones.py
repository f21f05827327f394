"""Through which provider the demo speaks on WhatsApp, and whose telephones the simulator offers."""

from __future__ import annotations

from dataclasses import replace

from flask import Flask

from helpdesk.accounts.actor import Actor
from helpdesk.cli.telephones import open_telephones
from helpdesk.demo import telephones
from helpdesk.demo.telephones import DIRECTOR, callers, speak_through
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.media_types import JPEG, OGG, PDF, kind_of
from helpdesk.messaging.whatsapp import lines
from helpdesk.messaging.whatsapp.line import WhatsAppLine
from helpdesk.messaging.whatsapp.line_settings import LineSettings
from helpdesk.messaging.whatsapp.lines import LineSecrets
from helpdesk.simulator.whatsapp.telephones import VOICE_NOTE
from tests.support.cast import Cast

HERE = "http://127.0.0.1:8001/graph"
KEYS = LineSecrets("rahasia", "kunci", "kata")


def found() -> WhatsAppLine:
    db.session.rollback()
    return db.session.get_one(WhatsAppLine, lines.LINE_ID, populate_existing=True)


def test_port_and_secrets_are_refreshed_at_each_start(cast: Cast) -> None:
    unit_of_work(lambda: speak_through(HERE, KEYS))
    assert (found().graph_url, found().display_number) == (HERE, telephones.display_number())
    assert lines.secrets_of(found()) == KEYS
    assert telephones.speaks_through_this_machine()
    version = found().version
    unit_of_work(lambda: speak_through(HERE, KEYS))
    assert found().version == version
    unit_of_work(lambda: speak_through(HERE, replace(KEYS, access_token="lain")))
    assert (found().version, lines.secrets_of(found()).access_token) == (version + 1, "lain")


def test_a_number_that_somebody_set_up_is_left_alone(cast: Cast) -> None:
    theirs = LineSettings("106540352242922", "102290129340398", "+628115550123")
    unit_of_work(
        lambda: lines.set_up(
            theirs,
            app_secret="a",
            access_token="b",
            seen_version=None,
            by=Actor.system("test"),
        )
    )
    unit_of_work(lambda: speak_through(HERE, KEYS))
    assert found().graph_url == "https://graph.facebook.com"
    assert not telephones.speaks_through_this_machine()


def test_whose_telephones_there_are(cast: Cast) -> None:
    before = callers()
    assert [one.number for one in before if one.number is None] == [None]
    assert all(one.user_id for one in before if one.number is None)
    cast.complain("Obat habis.", name="Wati", whatsapp="0812 3456 7777")
    after = callers()
    assert (after[-1].name, after[-1].number) == ("Wati", "+6281234567777")
    cast.complain("Obat habis lagi.", name="Rahayu", whatsapp=before[0].number or "")
    assert [one.number for one in callers()].count(before[0].number) == 1


def test_the_telephone_of_the_director_is_there_from_the_first_start(
    app: Flask, cast: Cast
) -> None:
    opened, _delivery = open_telephones(app.extensions["settings"])
    found = [owner.name for owner, _about in opened.people if f"+{owner.wa_id}" == DIRECTOR]
    assert found == ["dr. Hanifah"]


def test_every_notice_has_an_approved_template(cast: Cast) -> None:
    proposals = telephones.approved_proposals()
    assert {one.language for one in proposals} == {"id", "en"}
    assert len({(one.name, one.language) for one in proposals}) == len(proposals)


def test_samples_are_what_they_say() -> None:
    assert kind_of(telephones.photograph()[0]) == JPEG
    assert kind_of(telephones.paper()[0]) == PDF
    assert kind_of(VOICE_NOTE.read_bytes()) == OGG


def test_who_has_said_something_already_has_a_telephone(cast: Cast) -> None:
    assert telephones.OPENING_WORDS.keys() <= {one.number for one in callers()}
