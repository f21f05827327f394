"""The audit trail as a page: everything that can be looked for stands in the address."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from helpdesk.accounts.actor import Actor, ActorKind
from helpdesk.audit import trail
from helpdesk.lib.database import unit_of_work
from helpdesk.web.admin.audit_words import ACTS
from tests.support.cast import Cast
from tests.web.workbench import Browser

PATH = "/admin/jejak-audit"


@pytest.fixture
def ayu(app: Flask, cast: Cast) -> FlaskClient:
    """The administrator's browser."""
    app.test_client_class = Browser
    return cast.sign_in(app.test_client(), "ayu")


def _rows(client: FlaskClient, query: str = "") -> list[str]:
    """What stands in the first column."""
    answer = client.get(f"{PATH}?{query}")
    assert answer.status_code == 200, query
    page = answer.get_data(as_text=True)
    return [unescape(row) for row in re.findall(r'<th scope="row">([^<]*)</th>', page)]


def _read(ticket_id: int, who: int, label: str) -> None:
    unit_of_work(
        lambda: trail.record(
            "read_restricted",
            by=Actor(ActorKind.STAFF, label, user_id=who),
            subject=("ticket", ticket_id),
        )
    )


def test_by_person_and_by_act(cast: Cast, ayu: FlaskClient) -> None:
    cast.sign_in(ayu.application.test_client(), "sari")
    assert all(row.startswith("Sari") for row in _rows(ayu, f"siapa={cast.user_ids['sari']}"))
    assert len(_rows(ayu, f"siapa={cast.user_ids['sari']}")) == 1
    assert len(_rows(ayu, "tindakan=sign_in")) == 2
    assert _rows(ayu, f"siapa={cast.user_ids['dimas']}") == []
    assert all(not row.startswith("Sari") for row in _rows(ayu, "siapa=0"))


def test_who_read_a_complaint_is_found_by_its_number(cast: Cast, ayu: FlaskClient) -> None:
    first, second = cast.complain(), cast.complain("Kursi roda rusak.", name="Tini")
    _read(first.ticket.id, cast.user_ids["ratih"], "Ratih Kusuma")
    _read(second.ticket.id, cast.user_ids["sari"], "Sari Dewi")
    for typed in (first.number, first.number.lower().replace("-", " "), str(first.ticket.id)):
        (row,) = _rows(ayu, f"perihal=ticket&tindakan=read_restricted&nomor={typed}")
        assert row.startswith("Ratih")
    assert len(_rows(ayu, f"tindakan=read_restricted&nomor={first.number}")) == 1
    assert _rows(ayu, "perihal=ticket&nomor=KLH-26-99999-9") == []


def test_by_days_of_the_organisation(cast: Cast, ayu: FlaskClient) -> None:
    assert _rows(ayu, "dari=2000-01-01&sampai=2000-12-31") == []
    assert _rows(ayu, "dari=2000-01-01") == _rows(ayu)
    assert _rows(ayu, "dari=1/1/2000&sampai=31-12-2000") == []
    assert _rows(ayu, "sampai=9999-12-30") == _rows(ayu)


@pytest.mark.parametrize(
    "query",
    [
        "siapa=x&tindakan=x&perihal=x&dari=x&sampai=x",
        "siapa=99999999999999&dari=9999-12-31&sampai=0001-01-01",
        "perihal=user&nomor=%00%F0%9F%99%82",
        "sebelum=x",
    ],
)
def test_what_makes_no_sense_is_left_out(ayu: FlaskClient, query: str) -> None:
    assert ayu.get(f"{PATH}?{query}").status_code == 200


def test_the_search_goes_on_to_the_next_page(cast: Cast, ayu: FlaskClient) -> None:
    for _turn in range(60):
        _read(1, cast.user_ids["sari"], "Sari Dewi")
    page = ayu.get(f"{PATH}?tindakan=read_restricted&perihal=ticket").get_data(as_text=True)
    onward = re.search(r'rel="next" href="([^"]+)"', page)
    assert onward is not None
    rest = ayu.get(unescape(onward.group(1))).get_data(as_text=True)
    assert rest.count('<th scope="row">') == 10
    assert 'rel="next"' not in rest
    back = re.search(r'href="([^"]+)">[^>]*>[^>]*></svg> Halaman pertama', rest)
    assert back is not None
    assert "tindakan=read_restricted" in back.group(1)


def test_every_act_on_the_list_has_its_word(ayu: FlaskClient) -> None:
    page = ayu.get(PATH).get_data(as_text=True)
    for act in ACTS:
        assert f'<option value="{act}">' in page


def test_details_are_words_and_no_codes(cast: Cast, ayu: FlaskClient) -> None:
    details = {"letter_id": 7, "letter": "reply", "number": "0001/HM.02/RSIA-C/XI/2026"}
    held = {"grants": ["care", f"unit_head/{cast.unit_ids['farmasi']}"]}
    for act, subject, facts in (
        ("letter_issued", ("ticket", 1), details),
        ("resend_link", ("ticket", 1), {"is_new": False, "channel": "whatsapp"}),
        ("grants_set", ("user", 1), {"before": {"grants": []}, "after": held}),
        ("organisation_edited", ("organisation", 1), {"after": {"letter_code": "HM.02"}}),
    ):
        _note(act, subject, facts)
    page = ayu.get(PATH).get_data(as_text=True)
    for code in ("letter_id", "reply", "is_new", "unit_head", "letter_code"):
        assert not re.search(rf"<li>[^<]*\b{code}\b", page), code
    for words in ("Surat: Surat jawaban", "Kanal: WhatsApp", "Kepala unit Farmasi"):
        assert words in page, words


def test_what_has_a_name_is_called_by_it(cast: Cast, ayu: FlaskClient) -> None:
    first, second = cast.complain(), cast.complain("Kursi roda rusak.", name="Tini")
    category, farmasi = cast.category_ids["obat"], cast.unit_ids["farmasi"]
    for act, subject, facts in (
        ("read_restricted", ("ticket", first.ticket.id), {}),
        ("mail_attached", ("inbox", 5), {"ticket_id": second.ticket.id}),
        ("category_edited", ("category", category), {"after": {"usual_unit_id": farmasi}}),
        ("summary_schedule_changed", ("summary_settings", 1), {"readers": [cast.user_ids["sari"]]}),
        ("unit_edited", ("unit", 987), {}),  # of which nothing is known
        ("logo_changed", ("organisation", 1), {}),  # there is but one
    ):
        _note(act, subject, facts)
    page = unescape(ayu.get(PATH).get_data(as_text=True))
    for words in (
        f"keluhan {first.number}</td>",
        f"<li>Keluhan: {second.number}</li>",
        "kategori Obat dan farmasi</td>",
        "<li>Unit yang lazim: Farmasi</li>",
        "<li>Yang diberi tahu: Sari Dewi</li>",
        "unit 987</td>",
        "organisasi</td>",
    ):
        assert words in page, words


def _note(act: str, subject: tuple[str, int], details: dict[str, Any]) -> None:
    unit_of_work(
        lambda: trail.record(act, by=Actor.system("Sari"), subject=subject, details=details)
    )
