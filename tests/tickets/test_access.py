"""You can only find what is yours: one predicate, on every path to a ticket, its words, files and person."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from helpdesk.accounts.actor import Actor
from helpdesk.intake.submission import Wish
from helpdesk.lib import clock
from helpdesk.lib.database import db
from helpdesk.lib.errors import NotFound
from helpdesk.lib.storage import get_storage
from helpdesk.lib.uploads import Received
from helpdesk.tickets import access, follow_ups, questions, triage
from helpdesk.tickets.file_access import find_file, find_original
from helpdesk.tickets.opening import number_of
from helpdesk.tickets.pages import Filters, page_of, search_page
from helpdesk.tickets.picture import Picture, picture_of
from helpdesk.tickets.records import Attachment
from helpdesk.tickets.states import Access, Identity
from helpdesk.tickets.ticket import Ticket
from helpdesk.tickets.worklist import VIEWS, count_views, desks_of
from tests.support.cast import PEOPLE, Cast
from tests.tickets.steps import as_complainant, dispose, send_back, submit

SECRET = "Dokter Wahyu membentak ibu Sumarni."
COPY = "Seorang petugas membentak pasien."

pytestmark = pytest.mark.usefixtures("traveller")


@pytest.fixture
def restricted(cast: Cast) -> str:
    """A confidential complaint about Keuangan, for Sari and Ratih, sent to Budi by name."""
    number = cast.complain(SECRET, wish=Wish.CONFIDENTIAL).number
    cast.triage(
        number,
        access=Access.RESTRICTED,
        reader_ids=[cast.user_ids["ratih"]],
        reported_unit_ids=[cast.unit_ids["keuangan"]],
    )
    dispose(cast, number, "farmasi", officer="budi")
    return number


def sees(cast: Cast, number: str) -> set[str]:
    return {name for name in PEOPLE if access.find_candidates(cast.actor(name), number)}


def drawn(cast: Cast, number: str, name: str) -> Picture:
    actor = cast.actor(name)
    return picture_of(access.find_for(actor, number), actor, "id")


def file_named(name: str) -> Received:
    digest = get_storage().put(name.encode())
    return Received(digest, digest, "application/pdf", name, len(name), digest)


# ---------------------------------------------------------------- who sees the ticket at all


def test_a_restricted_ticket_is_for_its_named_readers(cast: Cast, restricted: str) -> None:
    assert sees(cast, restricted) == {"sari", "ratih", "budi"}


def test_it_is_in_no_list_and_no_count_of_anybody_else(cast: Cast, restricted: str) -> None:
    for name in PEOPLE:
        actor = cast.actor(name)
        desks, at = desks_of(actor), clock.now()
        found = {
            number_of(row)
            for desk in desks
            for view in VIEWS[desk.kind]
            for row in page_of(desk, view, actor, at).rows
        }
        expected = name in ("sari", "ratih", "budi")
        assert (restricted in found) is expected, name
        assert any(count_views(actor, desks, at).values()) is expected, name


def test_it_is_not_found_by_its_words(cast: Cast, restricted: str) -> None:
    for name in PEOPLE:
        found = search_page(cast.actor(name), Filters(words="membentak")).rows
        assert bool(found) is (name in ("sari", "ratih", "budi")), name


def test_being_reported_outweighs_every_right(cast: Cast) -> None:
    number = cast.complain(SECRET, wish=Wish.CONFIDENTIAL).number
    about = {"reported_user_ids": [cast.user_ids["ratih"]]}
    cast.triage(number, access=Access.RESTRICTED, reader_ids=[cast.user_ids["ratih"]], **about)
    assert sees(cast, number) == {"sari"}


def test_an_ordinary_ticket_is_seen_by_those_at_work_on_it(cast: Cast) -> None:
    number = cast.complain(recorded_by_id=cast.user_ids["joko"]).number
    cast.triage(number)
    desk = {"sari", "dimas", "ratih", "hanifah", "joko"}
    assert sees(cast, number) == desk
    dispose(cast, number, "farmasi")
    assert sees(cast, number) == desk | {"budi", "lestari"}
    send_back(cast, number, "budi")
    assert sees(cast, number) == desk


def test_of_a_named_officer_the_head_knows_but_no_colleague(cast: Cast) -> None:
    number = cast.complain().number
    cast.triage(number)
    dispose(cast, number, "farmasi", officer="lestari")
    assert "budi" not in sees(cast, number)
    assert "lestari" in sees(cast, number)


def test_nobody_else_s_ticket_for_a_complainant_and_none_for_the_system(cast: Cast) -> None:
    mine, other = cast.complain().ticket, cast.complain().ticket
    for actor, wanted in ((Actor.complainant(mine.id), [mine.id]), (Actor.system(), [])):
        assert list(db.session.scalars(select(Ticket.id).where(access.visible_to(actor)))) == wanted
    assert other.id != mine.id


# ---------------------------------------------------------------- how much of it


def test_units_read_their_copy_and_never_find_what_was_struck_out(cast: Cast) -> None:
    number = cast.complain(SECRET).number
    cast.triage(number, unit_text=COPY)
    dispose(cast, number, "farmasi")
    unit, care = drawn(cast, number, "budi"), drawn(cast, number, "sari")
    assert (care.text, unit.text, unit.title) == (SECRET, COPY, COPY)
    assert drawn(cast, number, "hanifah").text == COPY
    shown = [line for event in unit.story for line in (event.text, str(event.details))]
    assert not any("Sumarni" in line for line in shown if line != SECRET)
    assert not search_page(cast.actor("budi"), Filters(words="Sumarni")).rows
    assert search_page(cast.actor("sari"), Filters(words="Sumarni")).rows


@pytest.mark.parametrize(
    ("identity", "knows"),
    [(Identity.NAMED, {"sari", "budi"}), (Identity.WITHHELD, {"sari"})],
)
def test_who_may_know_the_complainant(cast: Cast, identity: Identity, knows: set[str]) -> None:
    number = cast.complain(recorded_by_id=cast.user_ids["joko"]).number
    cast.triage(number, identity=identity)
    dispose(cast, number, "farmasi")
    for name in ("sari", "budi", "hanifah", "joko"):
        assert drawn(cast, number, name).knows_complainant is (name in knows), name


def test_of_an_anonymous_person_nobody_knows(cast: Cast) -> None:
    number = cast.complain(wish=Wish.ANONYMOUS).number
    assert not drawn(cast, number, "sari").knows_complainant


def test_units_read_what_concerns_them_and_the_recorder_the_public_part(cast: Cast) -> None:
    number = cast.complain(recorded_by_id=cast.user_ids["joko"]).number
    cast.triage(number)
    dispose(cast, number, "farmasi", "keuangan")
    submit(cast, number, "budi")
    note = follow_ups.write_note
    cast.act("sari", number, lambda t, by: note(t, "Rahasia", by=by, for_care_only=True))
    kinds = {
        name: [event.kind for event in drawn(cast, number, name).story]
        for name in PEOPLE
        if name in sees(cast, number)
    }
    assert kinds["sari"] == ["note", "submit", "dispose", "dispose", "triage", "open"]
    assert kinds["budi"] == ["submit", "dispose", "dispose", "triage", "open"]
    assert kinds["tono"] == ["dispose", "dispose", "triage", "open"]
    assert kinds["joko"] == ["dispose", "dispose", "triage", "open"]
    assert [hop.is_own for hop in drawn(cast, number, "tono").hops] == [False, True]
    assert drawn(cast, number, "joko").hops == []
    assert {c.kind for c in drawn(cast, number, "tono").clocks} == {"answer", "resolve", "hop"}
    assert drawn(cast, number, "tono").messages == ()


def test_what_the_complainant_was_asked_and_has_not_answered(cast: Cast) -> None:
    number = cast.complain().number
    cast.triage(number)
    cast.act("sari", number, lambda t, by: questions.ask_complainant(t, "Kapan?", by=by))
    assert [event.text for event in drawn(cast, number, "sari").open_questions] == ["Kapan?"]
    as_complainant(number, lambda t, by: questions.add_message(t, "Kemarin", by=by))
    assert drawn(cast, number, "sari").open_questions == []


# ---------------------------------------------------------------- files


def attached(cast: Cast, number: str) -> dict[str, int]:
    ticket = cast.ticket(number)
    rows = select(Attachment.name, Attachment.id).where(Attachment.ticket_id == ticket.id)
    return dict(db.session.execute(rows).all())


def may_open(cast: Cast, name: str, file_id: int, find: object = find_file) -> bool:
    try:
        find(cast.actor(name), file_id)  # type: ignore[operator]
    except NotFound:
        return False
    return True


def test_files_follow_their_ticket_and_their_event(cast: Cast) -> None:
    files = [file_named("kuitansi.pdf"), file_named("wajah.pdf")]
    number = cast.complain(files=files, recorded_by_id=cast.user_ids["joko"]).number
    cast.triage(number)
    ids = attached(cast, number)
    hidden = [ids["wajah.pdf"]]
    cast.act("sari", number, lambda t, by: triage.redact_ticket(t, None, hidden, by=by))
    dispose(cast, number, "farmasi")
    follow = follow_ups.record_follow_up
    evidence = [file_named("kartu-stok.pdf")]
    cast.act("budi", number, lambda t, by: follow(t, "Dicek", by=by, evidence=evidence))
    ids = attached(cast, number)
    wanted = {
        "kuitansi.pdf": {"sari", "dimas", "ratih", "budi", "lestari", "hanifah", "joko"},
        "wajah.pdf": {"sari", "dimas", "ratih"},
        "kartu-stok.pdf": {"sari", "dimas", "ratih", "budi", "lestari", "hanifah"},
    }
    for file, people in wanted.items():
        assert {name for name in PEOPLE if may_open(cast, name, ids[file])} == people, file
    originals = {
        name for name in PEOPLE if may_open(cast, name, ids["kuitansi.pdf"], find_original)
    }
    assert originals == {"sari", "dimas", "ratih"}
    names = [file.name for file in drawn(cast, number, "budi").first_files]
    assert names == ["kuitansi.pdf"]


def test_a_file_of_a_restricted_ticket_is_for_its_readers(cast: Cast) -> None:
    number = cast.complain(SECRET, wish=Wish.CONFIDENTIAL, files=[file_named("foto.pdf")]).number
    cast.triage(number, access=Access.RESTRICTED)
    file_id = attached(cast, number)["foto.pdf"]
    assert {name for name in PEOPLE if may_open(cast, name, file_id)} == {"sari"}


def test_a_number_that_does_not_exist_is_answered_like_one_that_is_not_yours(cast: Cast) -> None:
    number = cast.complain().number
    for asked in (number, "KLH-26-09999-9", "gibberish", ""):
        with pytest.raises(NotFound):
            access.find_for(cast.actor("tono"), asked)
