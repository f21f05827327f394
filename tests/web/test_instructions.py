"""Instructions of leadership by the pages: given on the ticket, seen and answered there, followed on a list."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from helpdesk.tickets.states import Access
from tests.support.cast import Cast
from tests.tickets.steps import dispose, row_of
from tests.web.workbench import act_url, open_act, person, send

LIST = "/pimpinan/arahan"

pytestmark = pytest.mark.usefixtures("traveller")


@pytest.fixture
def number(cast: Cast) -> str:
    number = cast.complain().number
    cast.triage(number)
    dispose(cast, number, "farmasi", "keuangan")
    return number


def text_of(client: FlaskClient, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer.get_data(as_text=True)


def told(client: FlaskClient, number: str) -> str:
    """The part of the ticket's page where instructions stand; empty where there is none."""
    _before, mark, rest = text_of(client, act_url(number, "").rstrip("/")).partition('class="told"')
    return rest.split("</section>")[0] if mark else ""


def test_an_instruction_goes_down_and_its_answer_comes_up(
    app: Flask, cast: Cast, number: str
) -> None:
    leader, officer = person(app, cast, "hanifah"), person(app, cast, "budi")
    url = act_url(number, "arahan")
    answer = send(
        leader,
        url,
        unit=str(cast.unit_ids["farmasi"]),
        text="Temui keluarganya.",
        due_on="2026-11-20",
        due_time="15:00",
    )
    assert answer.location == f"/kerja/tiket/{number}"
    (given,) = row_of(number).instructions
    assert given.due_at is not None
    assert given.due_at.isoformat() == "2026-11-20T08:00:00+00:00", "typed in WIB"

    assert "Temui keluarganya." in told(officer, number)
    assert told(person(app, cast, "tono"), number) == ""
    desk = f"/kerja/unit/{cast.unit_ids['farmasi']}?tampilan=arahan"
    assert number.removeprefix("KLH-").split("-")[1] in text_of(officer, desk)

    form = open_act(officer, act_url(number, f"arahan/{given.id}/terima"))
    press = {"csrf_token": form["csrf_token"], "once": form["once"]}
    assert officer.post(act_url(number, f"arahan/{given.id}/terima"), data=press).status_code == 302
    assert officer.get(act_url(number, f"arahan/{given.id}/terima")).status_code == 302, "once"
    assert "apt. Lestari" not in text_of(leader, f"{LIST}?keadaan=diterima")
    assert "Budi Santoso" in text_of(leader, f"{LIST}?keadaan=diterima")

    assert send(officer, act_url(number, f"arahan/{given.id}/jawab"), text="Sudah ditemui.")
    assert "Sudah ditemui." in told(leader, number)
    assert "Sudah ditemui." in text_of(leader, f"{LIST}?keadaan=dijawab")
    assert "Temui" not in text_of(leader, f"{LIST}?keadaan=menunggu")
    assert "/jawab" not in told(officer, number)


def test_an_empty_or_impossible_instruction_is_explained(
    app: Flask, cast: Cast, number: str
) -> None:
    leader = person(app, cast, "hanifah")
    url = act_url(number, "arahan")
    form = open_act(leader, url)
    assert leader.post(url, data=form | {"text": " "}).status_code == 422
    half = form | {"text": "Segera.", "due_on": "2026-11-21"}
    assert leader.post(url, data=half).status_code == 422
    past = form | {"text": "Segera.", "due_on": "2026-11-19", "due_time": "10:00"}
    assert leader.post(url, data=past).status_code == 422
    assert row_of(number).instructions == []


def test_pressing_twice_tells_once(app: Flask, cast: Cast, number: str) -> None:
    leader = person(app, cast, "hanifah")
    url = act_url(number, "arahan")
    form = open_act(leader, url) | {"text": "Temui keluarganya."}
    assert [leader.post(url, data=form).status_code for _ in range(2)] == [302, 302]
    assert len(row_of(number).instructions) == 1


def test_what_is_not_theirs_is_not_there(app: Flask, cast: Cast, number: str) -> None:
    leader = person(app, cast, "hanifah")
    send(leader, act_url(number, "arahan"), unit=str(cast.unit_ids["farmasi"]), text="Temui.")
    (given,) = row_of(number).instructions
    for who, status in (("tono", 404), ("sari", 404), ("hanifah", 403), ("budi", 200)):
        answer = person(app, cast, who).get(act_url(number, f"arahan/{given.id}/jawab"))
        assert answer.status_code == status, who
    for who in ("sari", "budi", "ratih"):
        assert person(app, cast, who).get(act_url(number, "arahan")).status_code == 403, who


def test_a_restricted_ticket_takes_no_instruction_from_above(app: Flask, cast: Cast) -> None:
    number = cast.complain("Soal uang.").number
    cast.triage(number, access=Access.RESTRICTED, reader_ids=[cast.user_ids["ratih"]])
    leader = person(app, cast, "hanifah")
    assert leader.get(act_url(number, "arahan")).status_code == 404
    assert leader.get(f"/kerja/tiket/{number}").status_code == 404


def test_a_supervisor_follows_what_leadership_asked(app: Flask, cast: Cast, number: str) -> None:
    send(person(app, cast, "hanifah"), act_url(number, "arahan"), text="Telepon pelapor.")
    page = text_of(person(app, cast, "ratih"), LIST)
    assert "Telepon pelapor." in page
    assert "dr. Hanifah" in page
