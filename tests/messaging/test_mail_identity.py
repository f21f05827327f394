"""The token in our Message-IDs and reply addresses: read however it comes back, and made by nobody else."""

from __future__ import annotations

import string

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.lib.database import unit_of_work
from helpdesk.messaging.mail_identity import (
    mails_from,
    message_id_of,
    note_reference,
    read_identity,
    reference_of,
    subjects_of,
    tagged_address,
)
from tests.messaging.builders import queue_one, row

TICKET = ("ticket", 42)


def note(message_id: str, subject: tuple[str, int] = TICKET, address: str = "Wati@x.id") -> None:
    unit_of_work(
        lambda: note_reference(message_id, subject=subject, address=address, mail_subject="Halo")
    )


@pytest.mark.parametrize(
    "way",
    [
        "{id}",
        "  {id} ",
        "<other@x.id> {id}",
        "{upper}",
        "{tag}",
        "Keluhan <{tag}>",
        "<{tag}>",
    ],
)
def test_the_token_is_read_however_it_comes_back(app: Flask, way: str) -> None:
    with app.app_context():
        message = row(queue_one())
        own = message_id_of(message, "rs.example.org")
        tag = tagged_address("keluhan@rs.example.org", message)
        identity = read_identity(way.format(id=own, upper=own.upper(), tag=tag))
        assert identity is not None
        assert identity.outbox_id == message.id
        assert (identity.subject_kind, identity.subject_id) == TICKET
        assert (identity.recipient_kind, identity.recipient_id) == ("complainant", 7)
        assert len(tag.partition("@")[0]) <= 64


def test_each_letter_of_it_counts(app: Flask) -> None:
    with app.app_context():
        own = message_id_of(row(queue_one()), "rs.example.org")
        token = own.removeprefix("<t.").partition("@")[0]
        for place, letter in enumerate(token):
            other = "b" if letter != "b" else "c"
            forged = token[:place] + other + token[place + 1 :]
            assert read_identity(f"<t.{forged}@rs.example.org>") is None
        assert read_identity(f"<t.{token[:-1]}@rs.example.org>") is None
        assert read_identity(f"<x.t.{token}@rs.example.org>") is None


@given(st.text(alphabet=string.printable, max_size=60))
def test_whatever_stands_there_is_no_fault(text: str) -> None:
    assert read_identity(text) is None  # without a token no database is asked


def test_a_row_that_took_the_number_of_a_lost_one_does_not_answer_to_its_token(app: Flask) -> None:
    """After a backup was restored, ids are given out again."""
    with app.app_context():
        message = row(queue_one("before"))
        old = message_id_of(message, "x.id")
        unit_of_work(lambda: setattr(row_again(message.id), "dedupe_key", "another"))
        assert read_identity(old) is None


def row_again(message_id: int) -> object:
    from helpdesk.lib.database import db
    from helpdesk.messaging.message import OutboxMessage

    return db.session.get_one(OutboxMessage, message_id)


def test_references_of_others_find_their_subjects(app: Flask) -> None:
    with app.app_context():
        note("<a@Mail.Example.org>")
        note("<a@mail.example.org>")
        note("<b@mail.example.org>", ("ticket", 7))
        note("<a@mail.example.org>", ("ticket", 8), "lain@x.id")
        wanted = ["<zzz@x>", "<b@mail.example.org>", " a@MAIL.example.org "]
        assert subjects_of(wanted) == [("ticket", 7), ("ticket", 8), TICKET]
        assert subjects_of([]) == []
        assert [one.message_id for one in mails_from("wati@X.id", TICKET)] == [
            "<a@Mail.Example.org>"
        ]


def test_the_case_of_the_local_part_counts() -> None:
    assert reference_of("<A@x>") != reference_of("<a@x>")
    assert reference_of("<a@X>") == reference_of(" a@x\r\n")


def test_an_empty_message_id_ties_nobody(app: Flask) -> None:
    with app.app_context(), pytest.raises(ValueError, match="Message-ID"):
        note(" <> ")
