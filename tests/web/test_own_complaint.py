"""Of what somebody wrote about another matter, customer care makes a complaint of its own: same person, same moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from helpdesk.intake.own_complaint import make_own_complaint
from helpdesk.intake.submission import Submission, Wish
from helpdesk.letters.letter import Letter
from helpdesk.lib.database import db
from helpdesk.lib.errors import Invalid
from helpdesk.lib.uploads import COMPLAINANT, Received
from helpdesk.messaging.outbox import messages_about
from helpdesk.messaging.templates import render_message
from helpdesk.tickets import keys
from helpdesk.tickets.access import find_to_change
from helpdesk.tickets.circle import circle_of
from helpdesk.tickets.closing import confirm_solved
from helpdesk.tickets.leaving import leave_by_exit
from helpdesk.tickets.merging import merge_ticket
from helpdesk.tickets.opening import number_of
from helpdesk.tickets.questions import add_message
from helpdesk.tickets.records import Attachment, TicketEvent
from helpdesk.tickets.states import Access, Channel, Grade, Identity, Status
from helpdesk.tickets.ticket import Ticket
from tests.journeys.chatting import Chat
from tests.support.cast import Cast
from tests.support.files import photograph
from tests.tickets.steps import answer, approve, as_complainant, clocks_of, dispose, row_of, submit
from tests.tickets.test_access import sees
from tests.tickets.test_amending import amend
from tests.web.browsing import Browser, Page, plain
from tests.web.workbench import Browser as Client

LATER = "Terima kasih obatnya. Oh ya, satu lagi: AC ruang tunggu mati sejak Senin."
AIR = "AC ruang tunggu mati sejak Senin."
MADE = "Sudah menjadi keluhan tersendiri:"

pytestmark = pytest.mark.usefixtures("traveller")


def photographs(*names: str) -> list[Received]:
    """A photograph under each of *names*, no two the same."""
    colours = ("teal", "navy")
    return [
        replace(photograph(colour, purpose=COMPLAINANT), name=name)
        for colour, name in zip(colours, names, strict=False)
    ]


def write(number: str, text: str = LATER, files: Sequence[Received] = ()) -> str:
    """The complainant adds a message; the address of the page that makes a complaint of it."""
    as_complainant(number, lambda t, by: add_message(t, text, by=by, files=files))
    event = select(func.max(TicketEvent.id)).where(
        TicketEvent.ticket_id == row_of(number).id, TicketEvent.kind == "add_message"
    )
    return page_for(number, db.session.scalar(event) or 0)


def page_for(number: str, event_id: int) -> str:
    return f"/kerja/tiket/{number}/pesan/{event_id}/tersendiri"


def beginning(number: str) -> str:
    """The same for the complaint's own words."""
    event = select(TicketEvent.id).where(
        TicketEvent.ticket_id == row_of(number).id, TicketEvent.kind == "open"
    )
    return page_for(number, db.session.scalars(event).one())


def close(cast: Cast, number: str) -> None:
    cast.triage(number)
    dispose(cast, number, "farmasi")
    submit(cast, number, "budi")
    approve(cast, number)
    answer(cast, number)
    as_complainant(number, lambda t, by: confirm_solved(t, by=by))


def browser_of(app: Flask, cast: Cast, name: str) -> Browser:
    """*name* at a browser of their own."""
    app.test_client_class = Client
    browser = Browser(app)
    cast.sign_in(browser.client, name)
    return browser


def make(browser: Browser, path: str, **typed: Any) -> Page:
    browser.open(path)
    return browser.send(path, **typed)


def visible(cast: Cast, number: str) -> set[str]:
    return sees(cast, number) & {"sari", "dimas", "ratih"}


def count() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Ticket)) or 0


def test_a_late_message_becomes_a_complaint_of_the_same_person(
    app: Flask, cast: Cast, traveller: time_machine.Traveller
) -> None:
    first = cast.complain(affected_name="Ibu Sumarni", language="en").number
    close(cast, first)
    traveller.shift(timedelta(days=3))
    said_at = row_of(first).received_at + timedelta(days=3)
    path = write(first, files=photographs("ac.jpg", "obat.jpg"))
    traveller.shift(timedelta(days=10))
    sari, dimas = browser_of(app, cast, "sari"), browser_of(app, cast, "dimas")
    assert path in sari.open(f"/kerja/tiket/{first}").text
    for browser in (sari, dimas):
        browser.open(path)
    form = sari.last.forms[path]
    assert (form["text"].strip(), form["wish"]) == (LATER, "biasa")
    assert not {"name", "solution"} & form.keys()
    assert form["late_reason"] == "Awalnya masuk sebagai pesan pada keluhan lain."
    kept = {file.name: str(file.id) for file in db.session.scalars(select(Attachment))}
    ticked = [f'checked id="along-{at}" name="along"' in sari.last.text for at in (0, 1)]
    assert ticked == [True, True]
    twin = sari.twin()
    solved = {"is_solved": "y", "solution": "Diperbaiki.", "grade": "hijau"}  # when it came in?
    page = sari.send(path, text=AIR, along=kept["ac.jpg"], **solved)
    again = twin.send(path, text=AIR, along=kept["ac.jpg"])
    second = page.number
    assert (page.location, again.number, again.pin) == ("/kerja/catat/selesai", second, page.pin)
    assert "Kami menjawab paling lambat" not in page.text, "it is late already"
    receipt = select(Letter).where(Letter.subject_id == row_of(second).id)
    assert db.session.scalars(receipt).one().fields["answer_due_at"] is None
    late = dimas.send(path, text="AC mati.")
    assert (late.status, second in late.text, count()) == (422, True, 2), "two officers at once"
    assert dimas.open(path).location == f"/kerja/tiket/{first}"

    old, new = row_of(first), row_of(second)
    assert (new.text, new.status, new.channel, new.language) == (AIR, "received", "web", "en")
    assert new.complainant_id == old.complainant_id
    assert (new.reply_channel, new.reply_address) == (old.reply_channel, old.reply_address)
    assert (new.affected_name, new.received_at) == ("Ibu Sumarni", said_at)
    assert clocks_of(second, "answer")[0].started_at == said_at
    files = select(Attachment.ticket_id, Attachment.name).order_by(Attachment.id)
    assert db.session.execute(files).all() == [
        (old.id, "ac.jpg"), (old.id, "obat.jpg"), (new.id, "ac.jpg"),
    ]  # fmt: skip
    told = [
        render_message(one)
        for one in messages_about("ticket", new.id)
        if one.recipient_kind == "complainant"
    ]
    assert [
        f"(This is about another matter in what you told us under number {first}.)" in one.body
        for one in told
    ] == [True]
    assert old.status == Status.CLOSED
    cast.act("sari", second, lambda t, by: leave_by_exit(t, Status.WITHDRAWN, "Dicabut.", by=by))
    ratih = browser_of(app, cast, "ratih")
    for one, other in ((first, second), (second, first)):
        assert f"Isi {other}" in ratih.open(f"/kerja/tiket/{one}/hapus-data").text


def test_both_name_each_other_and_are_no_doubles(app: Flask, cast: Cast) -> None:
    first = cast.complain(LATER).number
    sari = browser_of(app, cast, "sari")
    second = make(sari, beginning(first)).number  # with every word, as if in haste
    old, new = sari.open(f"/kerja/tiket/{first}"), sari.open(f"/kerja/tiket/{second}")
    assert f"{MADE} {second}" in plain(old.text)
    assert beginning(first) not in old.text
    assert f"membuat keluhan tersendiri dari pesan pelapor di sini: {second}" in plain(old.text)
    assert f"membuat keluhan ini dari pesan pelapor pada {first}" in plain(new.text)
    assert f'href="/kerja/tiket/{first}#e' in new.text
    for one, other in ((first, second), (second, first)):
        for act in ("", "/gabung", "/verifikasi"):
            assert f"dengan={other}" not in sari.open(f"/kerja/tiket/{one}{act}").text
    track = Browser(app).open(f"/k/{keys.link_token(row_of(first))}")
    assert f"kami tangani tersendiri: {second}" in plain(track.text)


def test_another_complaint_about_it_is_shown_first(app: Flask, cast: Cast) -> None:
    path = write(cast.complain().number)
    known = cast.complain(AIR, name="Tini", whatsapp="0813-9999-0001").number
    sari = browser_of(app, cast, "sari")
    asked = make(sari, path, text=AIR)
    assert (known in asked.text, count()) == (True, 2)
    assert sari.send(path, decision="new").number not in (known, "")


@pytest.mark.parametrize("who", ["budi", "hanifah", "joko"])
def test_it_is_for_customer_care(app: Flask, cast: Cast, who: str) -> None:
    number = cast.complain(recorded_by_id=cast.user_ids["joko"]).number
    cast.triage(number)
    dispose(cast, number, "farmasi")
    path = write(number)
    browser = browser_of(app, cast, who)
    assert path not in browser.open(f"/kerja/tiket/{number}").text
    assert browser.open(path).status == 403
    browser.open("/kerja/catat")
    asked = browser.filled("/kerja/catat", None, {"text": AIR})
    answer = browser.client.post(f"/kerja/catat/mirip?dari={number}", data=asked)
    assert answer.status_code == 403, "nor are they told what else the same person complained of"


def test_only_what_the_complainant_said_on_this_ticket(app: Flask, cast: Cast) -> None:
    first, second = cast.complain().number, cast.complain("Parkir penuh.").number
    path = write(first)
    sari = browser_of(app, cast, "sari")
    assert sari.open(path.replace(first, second)).status == 404
    cast.triage(first)
    graded = select(TicketEvent.id).where(TicketEvent.kind == "triage")
    assert sari.open(page_for(first, db.session.scalars(graded).one())).status == 404
    cast.act("sari", second, lambda t, by: leave_by_exit(t, Status.SPAM, "Iklan.", by=by))
    assert sari.open(beginning(second)).status == 404


def test_a_child_of_a_restricted_one_has_its_readers_at_the_desk(app: Flask, cast: Cast) -> None:
    first = cast.complain("Petugas meminta uang.", wish=Wish.CONFIDENTIAL).number
    about = [cast.unit_ids["keuangan"]]
    cast.triage(
        first, access=Access.RESTRICTED, identity=Identity.WITHHELD, reported_unit_ids=about
    )
    dispose(cast, first, "farmasi", officer="budi")
    path = write(first)
    assert browser_of(app, cast, "dimas").open(path).status == 404
    sari = browser_of(app, cast, "sari")
    assert make(sari, path, wish="biasa").status == 422
    open_to_all, event_id = Submission(text=AIR, channel=Channel.WEB), int(path.split("/")[-2])
    with pytest.raises(Invalid, match="Kerahasiaannya"):
        cast.act(
            "sari", first, lambda _t, by: make_own_complaint(first, event_id, open_to_all, by=by)
        )
    second = sari.send(path, wish="rahasia").number
    child = row_of(second)
    assert (child.access, child.identity) == (Access.RESTRICTED, Identity.WITHHELD)
    circle = circle_of(child)
    assert (circle.reader_ids, circle.reported_unit_ids) == ({cast.user_ids["sari"]}, set(about))
    assert visible(cast, second) == {"sari"}
    budi = browser_of(app, cast, "budi").open(f"/kerja/tiket/{first}")
    assert (budi.status, second in budi.text) == (200, False)


def test_named_and_restricted_stays_restricted(app: Flask, cast: Cast) -> None:
    first = cast.complain().number
    cast.triage(first, access=Access.RESTRICTED)
    child = row_of(make(browser_of(app, cast, "sari"), write(first)).number)
    assert (child.access, child.identity) == (Access.RESTRICTED, Identity.NAMED)


def test_the_anonymous_find_the_new_one_through_the_old(app: Flask, cast: Cast) -> None:
    first = cast.complain(wish=Wish.ANONYMOUS).number
    second = make(browser_of(app, cast, "sari"), write(first)).number
    child = row_of(second)
    assert (child.identity, child.complainant_id, child.reply_address) == ("anonymous", None, "")
    amend(cast, first, whatsapp="0812-3456-0172", has_consented=True)  # of the old one alone
    theirs = Browser(app)
    link = f"/k/{keys.link_token(child)}"
    assert link in theirs.open(f"/k/{keys.link_token(row_of(first))}").text
    assert theirs.open(link).location == f"/lacak/keluhan/{second}"


def test_whoever_had_the_wrong_number_finds_no_way_to_the_new_one(app: Flask, cast: Cast) -> None:
    first = cast.complain(whatsapp="0812-9999-0172").number
    second = make(browser_of(app, cast, "sari"), beginning(first)).number
    amend(cast, second, whatsapp="", phone="0751-123456")  # now they can only be called
    link = f"/k/{keys.link_token(row_of(second))}"
    assert link not in Browser(app).open(f"/k/{keys.link_token(row_of(first))}").text


def test_what_units_were_not_shown_they_are_not_shown_here(app: Flask, cast: Cast) -> None:
    first = cast.complain("Wati: AC mati. Obat habis.", files=photographs("wajah.jpg")).number
    file_id = db.session.scalars(select(Attachment.id)).one()
    cast.triage(first, unit_text="AC mati. Obat habis.", hidden_file_ids=[file_id])
    path = beginning(first)
    second = make(browser_of(app, cast, "sari"), path, text="Wati: AC mati.").number
    child = row_of(second)
    assert (child.text, child.unit_text) == ("Wati: AC mati.", "AC mati. Obat habis.")
    hidden = select(Attachment.is_hidden_from_units).where(Attachment.ticket_id == child.id)
    assert db.session.scalars(hidden).all() == [True]


def test_what_was_said_on_a_joined_complaint_is_of_who_sent_that(app: Flask, cast: Cast) -> None:
    lead = cast.complain().number
    cast.triage(lead, Grade.YELLOW)
    other = cast.complain("Sirup habis.", name="Tini", whatsapp="0813-9999-0001").number
    cast.act(
        "sari",
        other,
        lambda t, by: merge_ticket(t, find_to_change(by, lead), "Sama.", by=by),
    )
    path = write(other)
    sari = browser_of(app, cast, "sari")
    assert path in sari.open(f"/kerja/tiket/{lead}").text
    second = make(sari, path).number
    assert row_of(second).complainant_id == row_of(other).complainant_id
    assert f"{MADE} {second}" in plain(sari.open(f"/kerja/tiket/{lead}").text)


def test_on_whatsapp_both_are_known(app: Flask, cast: Cast, chat: Chat) -> None:
    rina = chat.person()
    rina.says(LATER)
    rina.taps_id("send")
    (ticket,) = rina.tickets
    first = number_of(ticket)
    sari = browser_of(app, cast, "sari")
    second = make(sari, beginning(first), text=AIR).number
    (told,) = rina.hears()
    assert f"(Ini tentang hal lain yang Anda sampaikan pada nomor {first}.)" in told
    assert [one.channel for one in rina.tickets] == ["whatsapp", "whatsapp"]
    asked = " ".join(rina.says("statusnya gimana?"))
    assert (first in asked, second in asked) == (True, True)


def test_units_and_leaders_read_of_what_they_may_open(app: Flask, cast: Cast) -> None:
    first = cast.complain().number
    cast.triage(first)
    dispose(cast, first, "farmasi")
    sari = browser_of(app, cast, "sari")
    open_one = make(sari, write(first)).number
    quiet = make(sari, write(first, "Petugas meminta uang."), wish="rahasia").number
    for name, may_open in (("hanifah", True), ("budi", False)):
        page = browser_of(app, cast, name).open(f"/kerja/tiket/{first}").text
        assert open_one in plain(page)
        assert (f'href="/kerja/tiket/{open_one}"' in page) is may_open
        assert quiet not in page


def test_what_is_kept_among_few_later_is_named_no_more_to_others(app: Flask, cast: Cast) -> None:
    """Nor may a unit that knows who sent the one conclude who sent the other."""
    first = cast.complain("Petugas loket meminta uang. AC mati.").number
    sari = browser_of(app, cast, "sari")
    second = make(sari, beginning(first), text=AIR).number
    reported = [cast.unit_ids["keuangan"]]
    cast.triage(first, access=Access.RESTRICTED, reported_unit_ids=reported)
    cast.triage(second)
    dispose(cast, second, "keuangan")
    third = cast.complain("Obat habis. Parkir penuh.").number
    fourth = make(sari, beginning(third), text="Parkir penuh.").number
    cast.triage(third, identity=Identity.WITHHELD)
    cast.triage(fourth)
    for number in (third, fourth):
        dispose(cast, number, "farmasi")
    readers = (("tono", second), ("hanifah", second), ("budi", third), ("budi", fourth))
    for name, number in readers:
        page = browser_of(app, cast, name).open(f"/kerja/tiket/{number}")
        other = {second: first, third: fourth, fourth: third}[number]
        assert (page.status, other in page.text) == (200, False), (name, number)
    assert second in sari.open(f"/kerja/tiket/{first}").text
