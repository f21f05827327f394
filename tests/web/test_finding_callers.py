"""Somebody calls without their number: customer care finds them by telephone, email address or record number."""

from __future__ import annotations

import pytest
from flask import Flask

from helpdesk.intake.submission import Wish
from helpdesk.tickets.number import parse_number
from helpdesk.tickets.states import Access
from tests.support.cast import Cast
from tests.tickets.steps import dispose
from tests.web.workbench import person

RECORD = "00-41-27"


def finds(app: Flask, cast: Cast, who: str, typed: str) -> str:
    return person(app, cast, who).get("/kerja/cari", query_string={"cari": typed}).text


@pytest.mark.parametrize(
    "typed",
    ["0812-3456-0172", "+62 812 3456 0172", "62812 34560172", "0751 555123", "WATI@Example.org",
     "00-41-27", "RM 004127", "no. RM: 00.41.27"],
)  # fmt: skip
def test_customer_care_finds_a_caller_by_what_they_left(app: Flask, cast: Cast, typed: str) -> None:
    left = {"phone": "0751-555123", "email": "wati@example.org", "affected_record": RECORD}
    number, other = (
        cast.complain(**left).number,
        cast.complain(name="Tini", whatsapp="0813-4567-8901").number,
    )
    page = finds(app, cast, "sari", typed)
    assert f"/kerja/tiket/{number}" in page
    assert f"/kerja/tiket/{other}" not in page


@pytest.mark.parametrize("who", ["lestari", "hanifah", "joko"])
def test_others_cannot_try_numbers_to_learn_who_it_was(app: Flask, cast: Cast, who: str) -> None:
    number = cast.complain(wish=Wish.CONFIDENTIAL, affected_record=RECORD).number
    cast.triage(number, access=Access.ORDINARY)
    dispose(cast, number, "farmasi")
    for typed in ("0812-3456-0172", RECORD):
        assert f"/kerja/tiket/{number}" not in finds(app, cast, who, typed)
        assert f"/kerja/tiket/{number}" in finds(app, cast, "sari", typed)


def test_a_restricted_case_is_found_by_its_readers_alone(app: Flask, cast: Cast) -> None:
    number = cast.complain(wish=Wish.CONFIDENTIAL).number
    readers = [cast.user_ids["ratih"]]
    cast.triage(number, by="ratih", access=Access.RESTRICTED, reader_ids=readers)
    assert f"/kerja/tiket/{number}" in finds(app, cast, "ratih", "0812-3456-0172")
    assert f"/kerja/tiket/{number}" not in finds(app, cast, "sari", "0812-3456-0172")


def test_a_record_number_that_could_be_a_tickets_number_opens_neither_unasked(
    app: Flask, cast: Cast
) -> None:
    first = cast.complain().number
    sequence = f"{parse_number(first, prefix='KLH').numbers[0].seq:05d}"
    of_patient = cast.complain(name="Tini", affected_record=sequence).number
    page = finds(app, cast, "sari", sequence)
    assert f"/kerja/tiket/{first}" in page
    assert f"/kerja/tiket/{of_patient}" in page


def test_what_they_left_and_what_somebody_wrote_are_found_together_and_read_in_pages(
    app: Flask, cast: Cast
) -> None:
    theirs = [cast.complain(f"Keluhan ke-{one}.").number for one in range(52)]
    quoting = cast.complain("Hubungi 081234560172 saja.", name="Tini", whatsapp="0813-4567-8901")
    page = finds(app, cast, "sari", "081234560172")
    assert f"/kerja/tiket/{quoting.number}" in page
    assert f"/kerja/tiket/{theirs[-1]}" in page
    onward = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    last = person(app, cast, "sari").get(onward).text
    assert f"/kerja/tiket/{theirs[0]}" in last
    assert f"/kerja/tiket/{theirs[-1]}" not in last
