"""An administrator's wording: what it must say, what it may not, and that nothing said before changes."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from helpdesk.accounts.actor import Actor
from helpdesk.audit.trail import AuditEntry
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.errors import Conflict, Invalid, NotFound
from helpdesk.lib.words import LANGUAGES
from helpdesk.messaging import rewording, templates
from helpdesk.messaging.events import EVENTS
from helpdesk.messaging.rewording import Draft
from tests.messaging.builders import queue_one, row
from tests.support.cast import Cast

OWN = Draft("Halo {number}", "Silakan buka {link} sebelum {due}.")


def _use(draft: Draft, seen: int = 0, by: Actor | None = None) -> None:
    unit_of_work(
        lambda: rewording.use_wording(
            "received", "id", draft, seen_version=seen, by=by or Actor.system()
        )
    )


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_of_the_product_pass_their_own_check(event: str, language: str) -> None:
    filed = templates.filed_wording(event, language)
    rewording.check_draft(event, Draft(filed.subject, filed.body))


def test_the_newest_version_goes_before_the_file_and_older_messages_keep_theirs(app: Flask) -> None:
    with app.app_context():
        before = queue_one("before")
        _use(OWN)
        after = queue_one("after")
        _use(Draft("Hai {number}", OWN.body), seen=1)
        assert templates.wording("received", "id").version == 2
        assert templates.wording("received", "en").version == 0
        assert "kami terima" in templates.render_message(row(before)).subject
        assert templates.render_message(row(after)).subject == "Halo KLH-26-00042-7"
        assert rewording.versions_in_use() == {("received", "id"): 2}


@pytest.mark.parametrize(
    ("draft", "field", "named"),
    [
        (Draft("", OWN.body), "subject", ""),
        (Draft(OWN.subject, "  \n "), "body", ""),
        (Draft("Halo {secret}", OWN.body), "subject", "{secret}"),
        (Draft(OWN.subject, OWN.body + " {number.__class__}"), "body", ""),
        (Draft(OWN.subject, OWN.body + " {"), "body", ""),
        (Draft(OWN.subject, "Silakan buka {link}."), "body", "{due}"),
        (Draft("Halo", "Sebelum {due}."), "body", "{link}, {number}"),
        (Draft("{number} " * 20, OWN.body), "subject", "120"),
        (Draft(OWN.subject, OWN.body + "x" * 4000), "body", "4000"),
    ],
)
def test_a_draft_that_cannot_be_used_is_refused_with_a_sentence(
    app: Flask, draft: Draft, field: str, named: str
) -> None:
    with app.test_request_context(headers={"Accept-Language": "en"}):
        with pytest.raises(Invalid) as refusal:
            rewording.check_draft("received", draft)
        assert set(refusal.value.fields) == {field}
        assert named in str(refusal.value.fields[field])


def test_staff_find_a_deadline_in_the_ticket_but_need_the_way_there() -> None:
    assert EVENTS["disposed"].required == {"number", "link"}
    assert EVENTS["received"].required == {"number", "link", "due"}


def test_a_line_break_in_a_subject_forges_no_header(app: Flask) -> None:
    with app.app_context():
        _use(Draft("Halo\nBcc: x@example.org {number}", OWN.body))
        assert "\n" not in templates.wording("received", "id").subject


def test_the_second_editor_is_told(app: Flask) -> None:
    with app.app_context():
        _use(OWN)
        with pytest.raises(Conflict):
            _use(Draft("Hai {number}", OWN.body), seen=0)


def test_going_back_is_a_new_version_of_old_words(cast: Cast) -> None:
    ayu = cast.actor("ayu")
    _use(OWN, by=ayu)
    unit_of_work(lambda: rewording.go_back("received", "id", 0, by=ayu))
    newest, mine, filed = rewording.versions_of("received", "id")
    assert (newest.version, mine.version, filed.version) == (2, 1, 0)
    assert (newest.subject, newest.body) == (filed.subject, filed.body)
    assert mine.created_by_id == cast.user_ids["ayu"]
    entries = db.session.scalars(
        select(AuditEntry)
        .where(AuditEntry.subject_kind == "message_wording")
        .order_by(AuditEntry.id)
    ).all()
    assert [entry.act for entry in entries] == ["message_reworded", "message_wording_taken_back"]
    assert entries[-1].details == {"event": "received", "language": "id", "version": 2, "of": 0}


@pytest.mark.parametrize(("event", "language"), [("nobody", "id"), ("received", "jv")])
def test_what_is_no_message_is_not_found(app: Flask, event: str, language: str) -> None:
    with app.app_context(), pytest.raises(NotFound):
        rewording.versions_of(event, language)
    with app.app_context(), pytest.raises(NotFound):
        unit_of_work(lambda: rewording.go_back("received", "id", 7, by=Actor.system()))
