"""A letter is its fields: issued once for the same facts, never changed, without a secret in it."""

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from helpdesk.accounts.actor import Actor
from helpdesk.letters.disposition_sheet import issue_disposition_sheet
from helpdesk.letters.letter import Letter, as_facts, from_facts
from helpdesk.letters.parties import Complainant, Identity
from helpdesk.letters.receipt import issue_receipt
from helpdesk.lib.database import db, unit_of_work
from tests.letters.samples import AT, RATNA, receipt, sheet

TICKET = ("ticket", 42)
BY = Actor.system()


def issued(language: str = "id", **changes: Any) -> Letter:
    return unit_of_work(lambda: issue_receipt(TICKET, receipt(**changes), language, BY))


@time_machine.travel(AT, tick=False)
def test_a_letter_says_who_issued_what_and_when(app: Flask) -> None:
    with app.app_context():
        letter_id = issued().id
        db.session.expunge_all()
        letter = db.session.get_one(Letter, letter_id)
        assert (letter.kind, letter.subject_kind, letter.subject_id) == ("receipt", "ticket", 42)
        assert (letter.number, letter.language) == ("KLH-26-00159-7", "id")
        assert (letter.created_at, letter.created_by_id, letter.created_by_label) == (
            AT,
            None,
            "Tanggap",
        )
        assert letter.pdf_digest is None
        assert from_facts(letter.fields)["received_at"] == AT
        assert from_facts(letter.fields)["complainant"]["name"] == "Ratna Dewi"


def test_the_same_facts_are_the_same_letter(app: Flask) -> None:
    with app.app_context():
        first = issued().id
        assert issued().id == first
        others = {issued("en").id, issued(description="Lain.").id, issued(copies=2).id}
        assert len(others | {first}) == 4
        assert db.session.scalar(select(func.count()).select_from(Letter)) == 4


def test_a_sheet_is_numbered_under_its_ticket(app: Flask) -> None:
    with app.app_context():
        letter = unit_of_work(lambda: issue_disposition_sheet(TICKET, sheet(), "id", BY))
        assert letter.number == "KLH-26-00152-3/D-2"
        first = unit_of_work(lambda: issue_disposition_sheet(TICKET, sheet(sheet=0), "id", BY))
        assert first.number == "KLH-26-00152-3"
        assert first.id != letter.id


@pytest.mark.parametrize("identity", [Identity.WITHHELD, Identity.ANONYMOUS])
def test_who_is_not_named_is_not_even_stored(app: Flask, identity: Identity) -> None:
    person = Complainant(
        identity=identity,
        name=RATNA.name,
        address=RATNA.address,
        phone=RATNA.phone,
        email="ratna@contoh.example",
        on_behalf_of=RATNA.on_behalf_of,
    )
    with app.app_context():
        stored = str(issued(complainant=person).fields)
    for secret in ("Ratna", "Melati", "0812-3456", "ratna@", "Siti"):
        assert secret not in stored


def test_moments_become_utc_text_and_come_back() -> None:
    facts = {"seen_at": datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC), "seen": ("a", {"x": 1})}
    assert as_facts(facts) == {
        "seen_at": "2026-01-02T03:04:05.000006+00:00",
        "seen": ["a", {"x": 1}],
    }
    assert from_facts(as_facts(facts))["seen_at"] == facts["seen_at"]
    with pytest.raises(ValueError, match="zone"):
        as_facts({"seen_at": datetime(2026, 1, 2)})  # noqa: DTZ001 - the mistake itself
