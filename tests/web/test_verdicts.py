"""The complainant says at the counter or on the telephone what they think: who hears it writes it down for them."""

from __future__ import annotations

import io

import pytest
from flask import Flask

from helpdesk.accounts.roles import Role
from helpdesk.accounts.user import Grant, User
from helpdesk.intake.submission import Wish
from helpdesk.lib.database import db, unit_of_work
from helpdesk.messaging.outbox import messages_about
from helpdesk.tickets.closing import rate_handling
from helpdesk.tickets.records import Attachment, Rating
from helpdesk.tickets.states import Access, Kind
from tests.support.cast import Cast
from tests.support.files import jpeg
from tests.tickets.steps import answer, approve, as_complainant, dispose, row_of, submit
from tests.web.workbench import act_url, open_act, person, send

SOLVED, RATED, CALL = "selesai", "nilai", "telepon"
WORDS = "Obatnya sudah saya terima."

pytestmark = pytest.mark.usefixtures("traveller")


def answered(cast: Cast, **facts: object) -> str:
    number = cast.complain(**facts).number
    cast.triage(number)
    dispose(cast, number, "farmasi")
    submit(cast, number, "budi")
    approve(cast, number)
    answer(cast, number)
    return number


def page_of(app: Flask, cast: Cast, who: str, number: str) -> str:
    return person(app, cast, who).get(f"/kerja/tiket/{number}").text


def test_solved_is_written_down_with_a_rating_and_the_signed_form(app: Flask, cast: Cast) -> None:
    number = answered(cast)
    sari, url = person(app, cast, "sari"), act_url(number, SOLVED)
    assert f'href="{url}"' in page_of(app, cast, "sari", number)
    form = open_act(sari, url) | {"channel": "letter", "words": WORDS, "score": "4"}
    form["files"] = [(io.BytesIO(jpeg()), "lembar.jpg")]
    assert sari.post(url, data=form, content_type="multipart/form-data").status_code == 302
    ticket = cast.ticket(number)
    assert (ticket.status, ticket.closing, ticket.score) == ("closed", "confirmed", 4)
    assert [one.name for one in db.session.query(Attachment)] == ["lembar.jpg"]
    assert "closed_confirmed" in {one.event for one in messages_about("ticket", ticket.id)}
    story = page_of(app, cast, "sari", number)
    assert "menuliskan bahwa pelapor menyatakan selesai (surat)" in story
    assert "menuliskan penilaian pelapor: 4 dari 5 (surat)" in story
    assert WORDS in story
    assert act_url(number, RATED) not in story


@pytest.mark.parametrize("act", [SOLVED, RATED])
def test_without_their_words_it_is_no_word_of_theirs(app: Flask, cast: Cast, act: str) -> None:
    number = answered(cast)
    sari, url = person(app, cast, "sari"), act_url(number, act)
    form = open_act(sari, url) | {"words": " ", "score": "" if act == RATED else "4"}
    form["files"] = [(io.BytesIO(jpeg()), "lembar.jpg")]
    refused = sari.post(url, data=form, content_type="multipart/form-data")
    assert refused.status_code == 422
    assert "lembar.jpg" in refused.text, "for the next try"
    assert cast.ticket(number).status == "answered"


def test_the_complainant_reads_that_it_was_written_down(app: Flask, cast: Cast) -> None:
    number = answered(cast)
    send(person(app, cast, "sari"), act_url(number, SOLVED), words=WORDS, score="5")
    with app.test_request_context():
        from helpdesk.web.public.story import way_of

        steps = {step.kind: step for step in way_of(row_of(number)).steps}
    assert (steps["confirm"].is_theirs, steps["confirm"].say) == (False, WORDS)
    assert (steps["rate"].is_theirs, steps["rate"].score) == (False, 5)


def test_within_the_call_that_told_them_the_answer(app: Flask, cast: Cast) -> None:
    number = answered(cast, whatsapp="", phone="0751-555123")
    sari, url = person(app, cast, "sari"), act_url(number, CALL)
    send(sari, url, outcome="reached", text="Dibacakan.", is_solved="y", words=WORDS, score="3")
    ticket = cast.ticket(number)
    assert (ticket.closing, ticket.score, ticket.call_wanted_at) == ("confirmed", 3, None)


def test_words_alone_are_not_lost(app: Flask, cast: Cast) -> None:
    number = answered(cast, whatsapp="", phone="0751-555123")
    url = act_url(number, CALL)
    refused = send(person(app, cast, "sari"), url, outcome="reached", text="Ya.", words=WORDS)
    assert refused.status_code == 422
    assert 'id="words-err"' in refused.text
    assert WORDS in refused.text


def test_who_was_not_reached_said_nothing(app: Flask, cast: Cast) -> None:
    number = answered(cast, whatsapp="", phone="0751-555123")
    url = act_url(number, CALL)
    send(person(app, cast, "sari"), url, outcome="not_reached", is_solved="y", words=WORDS)
    ticket = cast.ticket(number)
    assert (ticket.status, ticket.call_wanted_at is None) == ("answered", False)


def test_a_rating_alone_after_the_closing_and_only_once(app: Flask, cast: Cast) -> None:
    number = answered(cast)
    send(person(app, cast, "sari"), act_url(number, SOLVED), words=WORDS)
    sari, url = person(app, cast, "sari"), act_url(number, RATED)
    twin = open_act(sari, url) | {"score": "1"}
    assert send(sari, url, score="2", words="Lama.").status_code == 302
    assert sari.post(url, data=twin).status_code == 409, "what they said is not changed by staff"
    assert [(one.score, one.comment) for one in db.session.query(Rating)] == [(2, "Lama.")]
    as_complainant(number, lambda t, by: rate_handling(t, 5, "", by=by))
    assert cast.ticket(number).score == 5


@pytest.mark.parametrize("who", ["budi", "lestari", "hanifah", "ayu", "joko"])
@pytest.mark.parametrize("act", [SOLVED, RATED])
def test_nobody_else_speaks_for_the_complainant(app: Flask, cast: Cast, who: str, act: str) -> None:
    number = answered(cast)
    assert person(app, cast, who).get(act_url(number, act)).status_code in (403, 404)
    assert act_url(number, act) not in page_of(app, cast, who, number)


def test_nor_who_also_works_in_the_unit_that_it_was_sent_to(app: Flask, cast: Cast) -> None:
    def also_at_farmasi() -> None:
        dimas = db.session.get_one(User, cast.user_ids["dimas"])
        farmasi = cast.unit_ids["farmasi"]
        dimas.grants.append(Grant(role=Role.UNIT_OFFICER.value, unit_id=farmasi))

    unit_of_work(also_at_farmasi)
    number = answered(cast)
    assert person(app, cast, "dimas").get(act_url(number, SOLVED)).status_code == 403
    assert act_url(number, SOLVED) not in page_of(app, cast, "dimas", number)


def test_the_words_of_somebody_confidential_are_not_for_the_unit(app: Flask, cast: Cast) -> None:
    number = cast.complain(wish=Wish.CONFIDENTIAL).number
    cast.triage(number, access=Access.ORDINARY)
    dispose(cast, number, "farmasi")
    submit(cast, number, "budi")
    approve(cast, number)
    answer(cast, number)
    send(person(app, cast, "sari"), act_url(number, SOLVED), words="Saya Wati, sudah beres.")
    assert "Saya Wati" in page_of(app, cast, "sari", number)
    assert "Saya Wati" not in page_of(app, cast, "budi", number)


def test_who_was_only_thanked_was_asked_nothing(app: Flask, cast: Cast) -> None:
    number = cast.complain(kind=Kind.PRAISE).number
    cast.triage(number, kind=Kind.PRAISE)
    answer(cast, number)
    page = page_of(app, cast, "sari", number)
    assert not {act_url(number, SOLVED), act_url(number, RATED)} & set(page.split('"'))
