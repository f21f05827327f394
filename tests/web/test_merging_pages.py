"""Joining two tickets through the pages, and what each complainant then reads."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from helpdesk.accounts.actor import Actor
from helpdesk.intake.submission import Wish
from helpdesk.tickets import keys
from helpdesk.tickets.access import find_to_change
from helpdesk.tickets.answering import answer_ticket
from helpdesk.tickets.dispositions import Instruction, dispose_ticket
from helpdesk.tickets.follow_ups import record_follow_up
from helpdesk.tickets.merging import merge_ticket
from helpdesk.tickets.states import Access, Channel, Grade, Status
from helpdesk.tickets.ticket import Ticket
from tests.support.cast import Cast
from tests.web.browsing import plain
from tests.web.workbench import Browser, act_url, open_act, person, send

RINA = {"name": "Rina Marlina", "whatsapp": "0813-9999-0001"}


@pytest.fixture
def lead(cast: Cast) -> str:
    number = cast.complain("Obat sirup habis, disuruh beli di luar.").number
    cast.triage(number)
    return number


@pytest.fixture
def second(cast: Cast) -> str:
    return cast.complain("Sirup kehabisan, kami disuruh membeli obat di luar.", **RINA).number


def track_page(app: Flask, cast: Cast, number: str) -> str:
    token = keys.link_token(cast.ticket(number))
    answer = Browser(app).get(f"/k/{token}", follow_redirects=True)
    assert answer.status_code == 200
    return plain(answer.get_data(as_text=True))


def test_the_likely_ones_are_offered_and_compared(
    app: Flask, cast: Cast, lead: str, second: str
) -> None:
    sari, url = person(app, cast, "sari"), act_url(second, "gabung")
    choose = sari.get(url)
    assert f"gabung?dengan={lead}" in choose.get_data(as_text=True)
    both = sari.get(f"{url}?dengan={lead}").get_data(as_text=True)
    assert "disuruh beli di luar" in both
    assert "kami disuruh membeli" in both
    assert send(sari, f"{url}?dengan={lead}").status_code == 422, "not without a reason"
    done = send(sari, f"{url}?dengan={lead.lower()}", reason="Hal yang sama.")
    assert done.headers["Location"].endswith(lead)
    assert cast.ticket(second).state is Status.MERGED
    page = plain(sari.get(f"/kerja/tiket/{lead}").get_data(as_text=True))
    assert "kami disuruh membeli obat" in page, "what was said there is read here"
    assert second in page


@pytest.mark.parametrize("typed", ["itself", "KLH-26-99999-9", "entah"])
def test_a_number_that_will_not_do_is_said_so(
    app: Flask, cast: Cast, second: str, typed: str
) -> None:
    other = second if typed == "itself" else typed
    sari = person(app, cast, "sari")
    assert sari.get(f"{act_url(second, 'gabung')}?dengan={other}").status_code == 422


def test_a_ticket_of_others_is_not_shown_by_joining(app: Flask, cast: Cast, second: str) -> None:
    secret = cast.complain("Perawat menerima UANG SOGOK.", wish=Wish.CONFIDENTIAL).number
    cast.triage(secret, by="dimas", access=Access.RESTRICTED)
    sari, url = person(app, cast, "sari"), act_url(second, "gabung")
    page = sari.get(f"{url}?dengan={secret}")
    unknown = sari.get(f"{url}?dengan=KLH-26-99999-9")
    assert (page.status_code, "UANG SOGOK" in page.get_data(as_text=True)) == (422, False)
    sentence = "note note-warn"
    assert sentence in page.get_data(as_text=True)
    assert sentence in unknown.get_data(as_text=True)


def test_it_was_merged_meanwhile_and_the_words_stay(
    app: Flask, cast: Cast, lead: str, second: str
) -> None:
    third = cast.complain("Sirup habis.", name="Tini").number
    cast.triage(third)
    sari, dimas = person(app, cast, "sari"), person(app, cast, "dimas")
    url = act_url(second, "gabung")
    form = open_act(sari, f"{url}?dengan={lead}") | {"reason": "Sama-sama sirup."}
    other_way = f"{act_url(lead, 'gabung')}?dengan={third}&tetap=1"
    assert send(dimas, other_way, reason="x").status_code == 302
    refused = sari.post(url, data=form)
    assert refused.status_code == 422
    assert "Sama-sama sirup." in refused.get_data(as_text=True)
    assert cast.ticket(second).merged_into_id is None


def test_units_and_recorders_have_no_such_page(app: Flask, cast: Cast, lead: str) -> None:
    orders = [Instruction(unit_id=cast.unit_ids["farmasi"])]
    cast.act("sari", lead, lambda t, by: dispose_ticket(t, orders, by=by))
    assert person(app, cast, "budi").get(act_url(lead, "gabung")).status_code == 403
    assert person(app, cast, "joko").get(act_url(lead, "gabung")).status_code == 404


def test_each_complainant_reads_the_common_way_and_nothing_of_the_other(
    app: Flask, cast: Cast, lead: str, second: str
) -> None:
    orders = [Instruction(unit_id=cast.unit_ids["farmasi"])]
    cast.act("sari", lead, lambda t, by: dispose_ticket(t, orders, by=by))
    sari = person(app, cast, "sari")
    send(sari, f"{act_url(second, 'gabung')}?dengan={lead}", reason="ALASAN DALAM")
    page = track_page(app, cast, second)
    assert "Sirup kehabisan" in page
    assert "Farmasi" in page
    for hidden in ("disuruh beli di luar", "Wati", lead, "ALASAN DALAM"):
        assert hidden not in page
    assert "Rina" not in track_page(app, cast, lead)


def test_both_are_answered_with_words_of_their_own(
    app: Flask, cast: Cast, lead: str, second: str
) -> None:
    sari = person(app, cast, "sari")
    send(sari, f"{act_url(second, 'gabung')}?dengan={lead}", reason="Sama.")
    cast.act("sari", lead, lambda t, by: record_follow_up(t, "Stok ditambah.", by=by))
    url = act_url(lead, "jawaban-akhir")
    assert send(sari, url, text="Ibu Wati, sudah ada.").status_code == 422
    done = send(sari, url, text="Ibu Wati, sudah ada.", text_for_followers="Sirup ada lagi.")
    assert done.status_code == 302
    page = track_page(app, cast, second)
    assert "Sirup ada lagi." in page
    assert "Ibu Wati" not in page


def test_closed_over_their_heads_each_reads_a_reason_of_their_own(
    app: Flask, cast: Cast, lead: str, second: str
) -> None:
    ratih = person(app, cast, "ratih")
    send(ratih, f"{act_url(second, 'gabung')}?dengan={lead}", reason="Sama.")
    url = act_url(lead, "tutup-sepihak")
    assert "text_for_followers" in open_act(ratih, url)
    assert send(ratih, url, reason="Ibu Wati pindah.").status_code == 422
    done = send(ratih, url, reason="Ibu Wati pindah.", text_for_followers="Sirup ada lagi.")
    assert done.status_code == 302
    page = track_page(app, cast, second)
    assert "Sirup ada lagi." in page
    assert "Ibu Wati" not in page


def test_separated_through_its_page(app: Flask, cast: Cast, lead: str, second: str) -> None:
    sari = person(app, cast, "sari")
    send(sari, f"{act_url(second, 'gabung')}?dengan={lead}", reason="Sama.")
    url = act_url(second, "pisahkan")
    assert send(sari, url).status_code == 422
    assert send(sari, url, reason="Ternyata lain.").status_code == 302
    assert cast.ticket(second).state is Status.RECEIVED
    assert sari.get(url).status_code == 409


def test_the_page_of_a_lead_costs_the_same_whatever_follows(
    app: Flask, cast: Cast, lead: str
) -> None:
    from tests.support.queries import counted

    sari, costs = person(app, cast, "sari"), []
    for name in ("Satu", "Dua", "Tiga"):
        number = cast.complain("Sirup habis.", name=name).number
        send(sari, f"{act_url(number, 'gabung')}?dengan={lead}", reason="Sama.")
        with counted() as queries:
            assert sari.get(f"/kerja/tiket/{lead}").status_code == 200
        costs.append(len(queries))
    assert len(set(costs[1:])) == 1, costs


def test_an_answer_needs_no_second_text_where_nobody_follows(cast: Cast, lead: str) -> None:
    cast.act("sari", lead, lambda t, by: answer_ticket(t, "Sudah.", by=by))
    assert cast.ticket(lead).state is Status.ANSWERED


def test_what_was_late_when_it_was_joined_is_shown_as_late(app: Flask, cast: Cast) -> None:
    with time_machine.travel("2026-11-20T03:00:00+00:00", tick=False) as traveller:
        leading, late = cast.complain().number, cast.complain(**RINA).number
        for number in (leading, late):
            cast.triage(number, Grade.RED)
        traveller.shift(timedelta(days=2))
        cast.act("sari", late, lambda t, by: _join(t, leading, by))
        page = plain(person(app, cast, "sari").get(f"/kerja/tiket/{late}").get_data(as_text=True))
    assert "terlambat, 2 hari" in page.lower()


def _join(ticket: Ticket, leading: str, by: Actor) -> None:
    merge_ticket(ticket, find_to_change(by, leading), "Hal yang sama.", by=by)


def test_a_grade_below_a_joined_one_is_refused_in_words(app: Flask, cast: Cast, lead: str) -> None:
    number = cast.complain(**RINA).number
    cast.triage(number)
    cast.act("sari", number, lambda t, by: _join(t, lead, by))
    refused = send(
        person(app, cast, "sari"), act_url(lead, "ubah-grading"), grade="hijau", reason="Ringan."
    )
    assert refused.status_code == 422
    assert cast.ticket(lead).grade == Grade.YELLOW


def test_who_was_promised_an_answer_first_is_offered_as_the_leading_one(
    app: Flask, cast: Cast
) -> None:
    with time_machine.travel("2026-11-20T03:00:00+00:00", tick=False) as traveller:
        earlier = cast.complain().number
        cast.triage(earlier)
        traveller.shift(timedelta(hours=20))
        later = cast.complain(**RINA).number
        cast.triage(later)
        sari, turned = person(app, cast, "sari"), f"{act_url(later, 'gabung')}?dengan={earlier}"
        offered = sari.get(f"{act_url(earlier, 'gabung')}?dengan={later}")
        assert (offered.status_code, offered.headers["Location"]) == (302, turned)
        assert "note-warn" not in sari.get(turned).get_data(as_text=True)


def test_seconds_do_not_turn_two_tickets_around(app: Flask, cast: Cast) -> None:
    """The counter writes down a whole minute, which may lie before what came in by itself within it."""
    at = datetime(2026, 11, 20, 3, 0, 40, tzinfo=UTC)
    with time_machine.travel(at, tick=False):
        older = cast.complain().number
        whole = at.replace(second=0)
        newer = cast.complain(**RINA, channel=Channel.COUNTER, received_at=whole).number
        sari = person(app, cast, "sari")
        page = sari.get(f"{act_url(newer, 'gabung')}?dengan={older}")
        assert page.status_code == 200
        assert "note-warn" not in page.get_data(as_text=True)


def test_a_promise_that_joining_would_outrun_is_said(app: Flask, cast: Cast) -> None:
    with time_machine.travel("2026-11-20T03:00:00+00:00", tick=False) as traveller:
        earlier = cast.complain().number
        traveller.shift(timedelta(hours=20))
        later = cast.complain(**RINA).number
        for number in (earlier, later):
            cast.triage(number)
        sari = person(app, cast, "sari")
        url = f"{act_url(earlier, 'gabung')}?dengan={later}&tetap=1"
        page = sari.get(url).get_data(as_text=True)
        warning = page.partition("note-warn")[2].partition("</div>")[0]
        assert earlier in warning
        assert "23 November 2026" in warning
        assert send(sari, url, reason="Hal yang sama.").status_code == 302
        assert cast.ticket(earlier).state is Status.MERGED


def test_a_graver_one_does_not_follow_though_it_came_later(app: Flask, cast: Cast) -> None:
    with time_machine.travel("2026-11-20T03:00:00+00:00", tick=False) as traveller:
        earlier = cast.complain().number
        cast.triage(earlier, Grade.YELLOW)
        traveller.shift(timedelta(days=2, hours=20))
        graver = cast.complain(**RINA).number
        cast.triage(graver, Grade.RED)
        page = person(app, cast, "sari").get(f"{act_url(earlier, 'gabung')}?dengan={graver}")
        assert page.status_code == 200
        assert "note-warn" in page.get_data(as_text=True), "its earlier promise is named"


def test_nobody_is_said_to_be_told_who_left_no_contact(app: Flask, cast: Cast, lead: str) -> None:
    silent = cast.complain("Sirup habis.", whatsapp="", wish=Wish.ANONYMOUS).number
    sari = person(app, cast, "sari")
    joining = f"{act_url(silent, 'gabung')}?dengan={lead}"
    page = plain(sari.get(joining).text)
    assert "tidak meninggalkan kontak" in page
    assert "diberi tahu" not in page
    send(sari, joining, reason="Hal yang sama.")
    page = plain(sari.get(act_url(silent, "pisahkan")).text)
    assert "tidak meninggalkan kontak" in page
    assert "diberi tahu" not in page


def test_what_runs_on_of_a_follower_is_called_what_it_is(
    app: Flask, cast: Cast, lead: str, second: str
) -> None:
    sari = person(app, cast, "sari")
    send(sari, f"{act_url(second, 'gabung')}?dengan={lead}", reason="Hal yang sama.")
    page = plain(sari.get(f"/kerja/tiket/{second}").text)
    assert "Jawaban yang dijanjikan: 7 hari lagi" in page
    assert "Penyelesaian diakhiri" in page
    assert "Penyelesaian: " not in page
