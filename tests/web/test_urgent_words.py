"""A complainant writes of an emergency while the complaint is under way: nobody has to find that out by reading."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from helpdesk.accounts.actor import Actor
from helpdesk.accounts.user import User
from helpdesk.intake.inbound import Fate, Inbound
from helpdesk.intake.submission import Wish
from helpdesk.lib.database import db, unit_of_work
from helpdesk.messaging.message import OutboxMessage
from helpdesk.messaging.outbox import messages_about
from helpdesk.messaging.templates import render_message
from helpdesk.tickets.answering import reply_interim
from helpdesk.tickets.closing import confirm_solved, object_to_answer, rate_handling
from helpdesk.tickets.dispositions import accept_disposition
from helpdesk.tickets.follow_ups import write_note
from helpdesk.tickets.questions import add_message
from helpdesk.tickets.states import Access, Channel
from helpdesk.tickets.ticket import Ticket
from tests.intake.mailing import STRANGER, arrive, compose, have_mailbox, number, receipt_id
from tests.support.cast import Cast
from tests.tickets.steps import (
    answer,
    approve,
    as_complainant,
    ask,
    dispose,
    row_of,
    submit,
    work_of,
)
from tests.tickets.test_merging import merge
from tests.web.browsing import Browser, complain
from tests.web.workbench import person

HELP = "Tolong, istri saya pendarahan lagi di rumah sejak subuh"
CALM = "Apakah sudah ada kabar tentang obatnya?"
TO_STAFF, TO_THEM = "wrote_urgently", "whom_to_call"


@pytest.fixture(autouse=True)
def on_a_friday() -> Iterator[time_machine.Traveller]:
    with time_machine.travel("2026-11-20T03:00:00+00:00", tick=False) as traveller:
        yield traveller


def told(number: str, event: str) -> list[OutboxMessage]:
    """What was said of the ticket under this name."""
    return [one for one in messages_about("ticket", row_of(number).id) if one.event == event]


def answered(cast: Cast) -> str:
    number = at_work(cast)
    submit(cast, number, "budi")
    approve(cast, number)
    answer(cast, number)
    return number


def names(cast: Cast, number: str) -> set[str]:
    """Who of the house was told of an emergency."""
    heard = {one.recipient_id for one in told(number, TO_STAFF)}
    return {name for name, user_id in cast.user_ids.items() if user_id in heard}


def writes(number: str, text: str) -> None:
    as_complainant(number, lambda t, by: add_message(t, text, by=by))


def at_work(cast: Cast, **facts: object) -> str:
    """A complaint that Farmasi works on."""
    number = cast.complain(**facts).number
    cast.triage(number)
    dispose(cast, number, "farmasi")
    return number


def lines(app: Flask, cast: Cast, name: str, path: str = "") -> list[tuple[str, bool]]:
    """Each row of a list of *name*: its ticket, and whether it is marked."""
    page = person(app, cast, name).get(f"/kerja{path}").get_data(as_text=True)
    rows = page.split('<tr role="row"')[2:]
    return [(row.split("/kerja/tiket/")[1][:14], "Darurat?" in row) for row in rows]


def test_the_desk_and_the_unit_are_told_without_reading_it(cast: Cast) -> None:
    number = at_work(cast)
    writes(number, CALM)
    assert names(cast, number) == set()
    writes(number, HELP)
    assert names(cast, number) == {"sari", "dimas", "ratih", "lestari"}
    said = render_message(told(number, TO_STAFF)[0])
    assert said.subject == f"DARURAT? Pesan baru pada {number}"
    assert "pendarahan" not in said.body


def test_ten_messages_in_a_row_raise_one_alarm(
    cast: Cast, on_a_friday: time_machine.Traveller
) -> None:
    number = at_work(cast)
    on_a_friday.shift(60)
    for _ in range(10):
        writes(number, HELP)
    assert len(told(number, TO_STAFF)) == 4, "one for each who is told"
    on_a_friday.shift(60)
    cast.act("sari", number, lambda t, by: reply_interim(t, "Kami menelepon Anda.", by=by))
    on_a_friday.shift(60)
    writes(number, HELP)
    assert len(told(number, TO_STAFF)) == 8, "staff have acted, and it begins anew"
    on_a_friday.shift(31 * 60)
    writes(number, HELP)
    assert len(told(number, TO_STAFF)) == 12, "nobody has acted for half an hour"


@pytest.mark.parametrize("facts", [{}, {"channel": Channel.WHATSAPP}], ids=["page", "talk"])
def test_readers_outside_the_desk_are_told_where_nobody_at_it_may_know(
    cast: Cast, facts: dict[str, Channel]
) -> None:
    number = cast.complain(wish=Wish.CONFIDENTIAL).number
    cast.triage(number, access=Access.RESTRICTED, reader_ids=[cast.user_ids["hanifah"]])

    def sari_leaves() -> None:
        db.session.get_one(User, cast.user_ids["sari"]).is_active = False

    unit_of_work(sari_leaves)
    as_complainant(number, lambda t, by: add_message(t, HELP, by=by, **facts))
    assert names(cast, number) == {"hanifah"}


def test_a_unit_that_may_not_read_it_is_not_called(cast: Cast) -> None:
    number = cast.complain(wish=Wish.CONFIDENTIAL).number
    cast.triage(number)
    dispose(cast, number, "farmasi")
    writes(number, HELP)
    assert names(cast, number) == {"sari", "dimas", "ratih"}


def test_words_about_a_joined_complaint_reach_whoever_has_the_matter(
    app: Flask, cast: Cast, on_a_friday: time_machine.Traveller
) -> None:
    lead = at_work(cast)
    second = cast.complain("Sirup anak saya tidak ada.", name="Rina", whatsapp="0813-9999-0001")
    merge(cast, second.number, lead)
    on_a_friday.shift(60)
    writes(second.number, HELP)
    assert names(cast, lead) >= {"sari", "lestari"}
    opened = person(app, cast, "sari").get(f"/kerja/tiket/{lead}").get_data(as_text=True)
    assert "terdengar seperti keadaan darurat" in opened
    assert lines(app, cast, "sari") == [(lead, True)]
    on_a_friday.shift(60)
    cast.act("sari", second.number, lambda t, by: write_note(t, "Sudah ditelepon.", by=by))
    assert lines(app, cast, "sari") == [(lead, False)]


@pytest.mark.engines("mariadb")  # SQLite lets nobody write in between
def test_words_that_come_in_the_moment_in_which_somebody_acts_stay_marked(cast: Cast) -> None:
    lead = at_work(cast)
    second = cast.complain("Sirup anak saya tidak ada.", name="Rina", whatsapp="0813-9999-0001")
    merge(cast, second.number, lead)
    writes(second.number, HELP)

    def unit() -> None:
        follower, leading = row_of(second.number), row_of(lead)
        assert leading.sounds_urgent
        with db.engine.begin() as somebody:
            somebody.execute(update(Ticket).values(sounds_urgent=False))
        add_message(follower, HELP, by=Actor.complainant(follower.id))

    unit_of_work(unit)
    db.session.expire_all()
    assert row_of(lead).sounds_urgent


def test_before_its_grading_it_leads_the_list(
    app: Flask, house: Cast, on_a_friday: time_machine.Traveller
) -> None:
    with app.app_context():
        house.complain("Parkir penuh.", name="Rina", whatsapp="0813-9999-0001")
        on_a_friday.shift(60)
        number = house.complain().number
        writes(number, HELP)
        house.act("sari", number, lambda t, by: write_note(t, "Belum diangkat.", by=by))
    assert lines(app, house, "sari")[0] == (number, True)
    ticket = person(app, house, "sari").get(f"/kerja/tiket/{number}").get_data(as_text=True)
    assert ticket.count("terdengar seperti keadaan darurat") == 1


def test_it_leads_the_lists_of_those_who_may_read_it_until_somebody_acts(
    app: Flask, house: Cast, on_a_friday: time_machine.Traveller
) -> None:
    """The second of two at the unit; of the third the unit may not know who says it."""
    with app.app_context():
        first, second = at_work(house), at_work(house)
        third = at_work(house, wish=Wish.CONFIDENTIAL)
        on_a_friday.shift(60)
        writes(second, HELP)
        writes(third, HELP)
    assert lines(app, house, "sari") == [(second, True), (third, True), (first, False)]
    assert lines(app, house, "sari", "?tampilan=terlambat") == []
    unit = f"/unit/{house.unit_ids['farmasi']}"
    assert lines(app, house, "budi", unit) == [(first, False), (second, True), (third, False)]
    on_a_friday.shift(60)
    with app.app_context():
        house.act("budi", second, lambda t, by: accept_disposition(work_of(t, by), by=by))
        house.act("sari", third, lambda t, by: reply_interim(t, "Kami menelepon Anda.", by=by))
    calm = [(first, False), (second, False), (third, False)]
    assert (lines(app, house, "sari"), lines(app, house, "budi", unit)) == (calm, calm)


def test_on_what_is_closed_it_is_seen_at_the_top_of_the_whole_list(
    app: Flask, house: Cast, on_a_friday: time_machine.Traveller
) -> None:
    with app.app_context():
        number, other = house.complain().number, house.complain().number
        house.triage(number)
        answer(house, number)
        as_complainant(number, lambda t, by: confirm_solved(t, by=by))
        on_a_friday.shift(60)
        writes(number, HELP)
    assert lines(app, house, "sari") == [(number, True), (other, False)]
    on_a_friday.shift(60)
    with app.app_context():
        house.act("sari", number, lambda t, by: write_note(t, "Sudah ditelepon.", by=by))
    assert lines(app, house, "sari") == [(other, False)]


def test_the_unit_that_asked_hears_the_urgent_reply_of_who_is_not_named(
    app: Flask, house: Cast
) -> None:
    with app.app_context():
        number = at_work(house, wish=Wish.CONFIDENTIAL)
        ask(house, number, "budi")
        writes(number, HELP)
        assert names(house, number) == {"sari", "dimas", "ratih", "lestari"}
    unit = f"/unit/{house.unit_ids['farmasi']}"
    assert lines(app, house, "budi", unit) == [(number, True)]


def test_what_the_information_desk_writes_down_alarms_customer_care(cast: Cast) -> None:
    """Who took the complaint down at the counter hears of the rest there too, and cannot call anybody."""
    number = cast.complain(recorded_by_id=cast.user_ids["joko"]).number
    cast.act("joko", number, lambda t, by: add_message(t, HELP, by=by))
    assert names(cast, number) == {"sari", "dimas", "ratih"}
    assert row_of(number).sounds_urgent


def test_who_writes_by_email_is_told_whom_to_call(cast: Cast) -> None:
    opened = arrive(compose())
    reply = {"answers": receipt_id(opened.ticket_id)}
    arrive(compose(CALM, **reply))
    assert told(number(opened), TO_THEM) == []
    arrive(compose(HELP, **reply))
    (said,) = told(number(opened), TO_THEM)
    assert said.recipient_kind == "complainant"
    assert "119" in render_message(said).body
    assert names(cast, number(opened)) == {"sari", "dimas", "ratih"}


def test_who_is_answered_elsewhere_is_told_by_email_where_they_wrote(cast: Cast) -> None:
    """And nothing of the complaint: only where its complainant is answered may the link go."""
    number = cast.complain(email="wati@example.org").number
    reply = {"subject": f"Re: {number}", "checks": "dmarc=pass"}
    arrive(compose(HELP, **reply), have_mailbox())
    (said,) = told(number, "whom_to_call_only")
    assert (said.channel, said.address) == ("email", "wati@example.org")
    words = render_message(said)
    assert "119" in words.body
    assert number not in f"{words.subject} {words.body}"
    assert told(number, TO_THEM) == []
    assert names(cast, number) == {"sari", "dimas", "ratih"}


def test_somebody_else_who_writes_of_an_emergency_is_heard_by_customer_care(
    app: Flask, house: Cast, on_a_friday: time_machine.Traveller
) -> None:
    with app.app_context():
        opened = arrive(compose())
        house.triage(number(opened))
        dispose(house, number(opened), "farmasi")
        on_a_friday.shift(60)
        theirs = {"answers": receipt_id(opened.ticket_id), "sender": STRANGER}
        arrive(compose(CALM, **theirs))
        assert told(number(opened), "whom_to_call_only") == []
        arrive(compose(HELP, **theirs))
        arrive(compose(HELP, **theirs))
        assert names(house, number(opened)) == {"sari", "dimas", "ratih"}
        (said,) = told(number(opened), "whom_to_call_only")
        assert (said.address, set(said.values)) == (
            "lain@example.net",
            {"organisation", "emergency"},
        )
        at = f"/kerja/tiket/{number(opened)}"
        (mark,) = lines(app, house, "sari")
    assert mark[1]
    assert lines(app, house, "budi", f"/unit/{house.unit_ids['farmasi']}") == [(mark[0], False)]
    here = "Tulisan orang lain"
    assert here in person(app, house, "sari").get(at).get_data(as_text=True)
    assert "keadaan darurat" not in person(app, house, "budi").get(at).get_data(as_text=True)


def test_urgent_mail_that_is_set_aside_is_not_found_by_chance(app: Flask, house: Cast) -> None:
    """Somebody else's on a confidential complaint, which Dimas may not read, and one whose sender is not proved."""

    def hearers(row: Inbound) -> set[int | None]:
        assert row.fate == Fate.QUARANTINED
        said = messages_about("inbox", row.id)
        return {one.recipient_id for one in said if one.event == "mail_sounds_urgent"}

    ids = house.user_ids
    with app.app_context():
        mailbox_id = have_mailbox()
        opened = arrive(compose())
        readers = [ids["sari"]]
        house.triage(number(opened), access=Access.RESTRICTED, reader_ids=readers)
        theirs = {"answers": receipt_id(opened.ticket_id), "sender": STRANGER}
        assert hearers(arrive(compose(CALM, **theirs))) == set()
        guarded = arrive(compose(HELP, **theirs))
        assert hearers(guarded) == {ids["sari"]}
        forged = {"subject": house.complain().number, "checks": "dmarc=fail"}
        unproved = arrive(compose(HELP, **forged), mailbox_id)
        assert hearers(unproved) == {ids["sari"], ids["dimas"], ids["ratih"]}
        assert told(number(opened), "whom_to_call_only") == []
        (link,) = {one.values["link"] for one in messages_about("inbox", guarded.id)}
    assert "pendarahan" in person(app, house, "sari").get(link).get_data(as_text=True)


def test_a_machine_that_answers_every_mail_of_an_emergency_gets_one(
    cast: Cast, on_a_friday: time_machine.Traveller
) -> None:
    opened = arrive(compose())
    for _ in range(3):
        arrive(
            compose(
                "Kami libur. Dalam keadaan darurat hubungi 0812-3456-7890.",
                answers=receipt_id(opened.ticket_id),
            )
        )
        on_a_friday.shift(60 * 60)
    assert len(told(number(opened), TO_THEM)) == 1
    assert len(told(number(opened), TO_STAFF)) == 3 * 3


def test_what_customer_care_writes_down_alarms_nobody(cast: Cast) -> None:
    number = at_work(cast)
    cast.act("sari", number, lambda t, by: add_message(t, HELP, by=by))
    assert names(cast, number) == set()


def test_on_whatsapp_the_conversation_has_alarmed_the_desk_and_the_unit_hears_it_here(
    cast: Cast, on_a_friday: time_machine.Traveller
) -> None:
    number = at_work(cast)
    on_a_friday.shift(60)
    said_there = {"channel": Channel.WHATSAPP}
    as_complainant(number, lambda t, by: add_message(t, HELP, by=by, **said_there))
    assert names(cast, number) == {"lestari"}
    assert row_of(number).sounds_urgent
    writes(number, HELP)
    assert len(told(number, TO_STAFF)) == 4, "the desk too, the unit not twice"


def test_an_objection_on_whatsapp_alarms_nobody_twice(cast: Cast) -> None:
    number = answered(cast)
    there = {"channel": Channel.WHATSAPP.value}
    as_complainant(number, lambda t, by: object_to_answer(t, HELP, by=by, details=there))
    assert names(cast, number) == set(), "the conversation has called the desk"
    assert row_of(number).sounds_urgent


def test_with_a_rating_or_a_yes_too_somebody_may_write_of_an_emergency(cast: Cast) -> None:
    """The form says that the matter is done; the words beside it say that it is not."""
    for verb in (
        lambda t, by: confirm_solved(t, by=by, words=HELP),
        lambda t, by: rate_handling(t, 1, HELP, by=by),
    ):
        number = answered(cast)
        as_complainant(number, verb)
        assert names(cast, number) >= {"sari", "dimas", "ratih"}
        assert row_of(number).sounds_urgent


def test_the_page_says_whom_to_call_until_we_have_spoken(
    app: Flask, house: Cast, browser: Browser, on_a_friday: time_machine.Traveller
) -> None:
    number = complain(browser).number
    here = f"/lacak/keluhan/{number}"
    with app.app_context():
        house.triage(number)
    on_a_friday.shift(60)
    assert 'href="tel:119"' not in browser.open(here).text
    assert 'href="tel:119"' in browser.send(f"{here}/pesan", message__text=HELP).text
    on_a_friday.shift(60)
    assert 'href="tel:119"' in browser.send(f"{here}/pesan", message__text="Mohon cepat").text
    on_a_friday.shift(60)
    with app.app_context():
        house.act("sari", number, lambda t, by: reply_interim(t, "Kami menelepon Anda.", by=by))
    assert 'href="tel:119"' not in browser.open(here).text


def test_an_objection_may_be_urgent_too(app: Flask, house: Cast, browser: Browser) -> None:
    number = complain(browser).number
    with app.app_context():
        house.triage(number)
        dispose(house, number, "farmasi")
        submit(house, number, "budi")
        approve(house, number)
        answer(house, number)
    browser.open(f"/lacak/keluhan/{number}")
    page = browser.send(f"/lacak/keluhan/{number}/belum", objection__text=HELP)
    assert 'href="tel:119"' in page.text
    with app.app_context():
        assert names(house, number) >= {"sari", "dimas", "ratih"}


def test_the_ticket_says_so_until_somebody_has_acted(
    app: Flask, house: Cast, on_a_friday: time_machine.Traveller
) -> None:
    def page(of: FlaskClient) -> str:
        return of.get(f"/kerja/tiket/{number}").get_data(as_text=True)

    with app.app_context():
        number = at_work(house)
        on_a_friday.shift(60)
        writes(number, HELP)
    sari, budi = person(app, house, "sari"), person(app, house, "budi")
    assert "terdengar seperti keadaan darurat" in page(sari)
    assert "terdengar seperti keadaan darurat" in page(budi)
    on_a_friday.shift(60)
    with app.app_context():
        house.act("sari", number, lambda t, by: reply_interim(t, "Kami menelepon Anda.", by=by))
    assert "terdengar seperti keadaan darurat" not in page(sari)
