"""``flask setup`` without anybody at the keyboard, and the organisation afterwards."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from config import ROOT, Settings
from helpdesk.accounts import setup, signing_in
from helpdesk.accounts.organisation import Organisation, organisation
from helpdesk.accounts.setup import OrganisationFacts
from helpdesk.accounts.unit import Unit
from helpdesk.accounts.user import User
from helpdesk.audit.trail import broken_links
from helpdesk.catalogue.category import Category
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.errors import Conflict, Invalid
from helpdesk.sla.models import Calendar, PolicyVersion
from tests.support.cast import Cast
from tests.support.live import environment_of

Run = Callable[..., Result]
NAMES = ("ORGANISATION", "ZONE", "ADMIN_NAME", "ADMIN_USERNAME", "ADMIN_PASSWORD", "HOSPITAL")


@pytest.fixture
def run(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run ``flask setup`` with these variables and no others."""
    for name in NAMES:
        monkeypatch.delenv(f"TANGGAP_{name}", raising=False)

    def command(**variables: str) -> Result:
        for name, value in variables.items():
            monkeypatch.setenv(f"TANGGAP_{name}", value)
        return app.test_cli_runner().invoke(args=["setup"])

    return command


def _count(table: type) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def test_everything_from_the_environment(app: Flask, run: Run) -> None:
    result = run(
        ORGANISATION="RSIA Sekar Ranah",
        ZONE="WITA",
        ADMIN_NAME="Arif Budiman",
        ADMIN_USERNAME="Arif",
        ADMIN_PASSWORD="gajah terbang tinggi",
    )
    assert result.exit_code == 0, result.output
    assert "gajah" not in result.output
    with app.app_context():
        here = db.session.get_one(Organisation, 1)
        assert (here.name, here.zone) == ("RSIA Sekar Ranah", "Asia/Makassar")
        user = db.session.scalars(select(User)).one()
        assert (user.username, user.full_name) == ("arif", "Arif Budiman")
        assert not user.must_change_password
        assert signing_in.sign_in("arif", "gajah terbang tinggi")
        assert _count(Unit) == 21
        assert _count(Category) == 15
        calendars = list(db.session.scalars(select(Calendar)))
        assert {calendar.zone for calendar in calendars} == {"Asia/Makassar"}
        assert _count(PolicyVersion) == 1
        sensitive = db.session.scalars(select(Category).where(Category.is_sensitive)).one()
        assert sensitive.code == "etik"
        red = db.session.scalars(select(Category).where(Category.needs_red_review)).one()
        assert red.code == "keselamatan"
        without_unit = select(Category).where(Category.usual_unit_id.is_(None))
        assert db.session.scalars(without_unit).all() == []
        assert list(broken_links()) == []


def test_without_a_password_a_one_time_one_is_printed(app: Flask, run: Run) -> None:
    output = run(ORGANISATION="Kantor Lurah", HOSPITAL="0").output
    text = output.split("7 days): ")[1].split()[0]
    with app.app_context():
        assert signing_in.sign_in("admin", text)
        assert db.session.scalars(select(User)).one().must_change_password
        assert _count(Unit) == 0


@pytest.mark.parametrize(("said", "units"), [("yes", 21), ("no", 0)])
def test_yes_is_yes(app: Flask, run: Run, said: str, units: int) -> None:
    run(ORGANISATION="RSIA Contoh", HOSPITAL=said)
    with app.app_context():
        assert _count(Unit) == units


@pytest.mark.engines("sqlite")
def test_at_a_terminal_one_wrong_answer_is_asked_again_and_the_others_stay(
    app: Flask, settings: Settings
) -> None:
    answers = ["R" * 400, "RSIA Contoh", "Mars", "WITA", "n", "Arif Budiman", "a b", "arif"]
    ours, theirs = os.openpty()
    environment = environment_of(settings) | {"TANGGAP_ADMIN_PASSWORD": "gajah terbang tinggi"}
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", "setup"],
        cwd=ROOT, env=environment, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    os.write(ours, "".join(f"{answer}\n" for answer in answers).encode())
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 0, said
    for wrong in (b"at most 160 characters", b"no time zone", b"without spaces"):
        assert wrong in said
    with app.app_context():
        here = db.session.get_one(Organisation, 1)
        assert (here.name, here.zone) == ("RSIA Contoh", "Asia/Makassar")
        assert db.session.scalars(select(User.username)).all() == ["arif"]
    os.close(ours)
    os.close(theirs)


def test_a_second_run_changes_nothing(app: Flask, run: Run) -> None:
    run(ORGANISATION="RSIA Sekar Ranah")
    with app.app_context():
        before = [_count(table) for table in (User, Unit, Category, Calendar, PolicyVersion)]
    again = run(ORGANISATION="Yang lain", ADMIN_USERNAME="penyusup", HOSPITAL="1")
    assert again.exit_code == 0, again.output
    assert "nothing was changed" in again.output
    with app.app_context():
        after = [_count(table) for table in (User, Unit, Category, Calendar, PolicyVersion)]
        assert db.session.get_one(Organisation, 1).name == "RSIA Sekar Ranah"
    assert after == before


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({}, "Set TANGGAP_ORGANISATION"),
        ({"ORGANISATION": "RS", "ZONE": "Asia/Nowhere"}, "time zone"),
        ({"ORGANISATION": "RS", "ADMIN_PASSWORD": "pendek"}, "at least 10"),
        ({"ORGANISATION": "RS", "ADMIN_USERNAME": "a b"}, "without spaces"),
        ({"ORGANISATION": "RS" * 200}, "at most 160 characters"),
        ({"ORGANISATION": "RS", "ADMIN_NAME": "Arif" * 100}, "at most 120 characters"),
        ({"ORGANISATION": "RS", "HOSPITAL": "ya"}, "TANGGAP_HOSPITAL must be 1 or 0"),
    ],
)
def test_a_wrong_answer_stops_with_one_line_and_leaves_nothing(
    app: Flask,
    run: Run,
    variables: dict[str, str],
    said: str,
) -> None:
    result = run(**variables)
    assert result.exit_code != 0
    assert said in result.output
    assert "Traceback" not in result.output
    with app.app_context():
        assert [_count(table) for table in (Organisation, User, Unit, Calendar)] == [0, 0, 0, 0]


def test_the_organisation_is_edited_with_a_version(cast: Cast) -> None:
    by = cast.actor("ayu")
    facts = OrganisationFacts(name="RSIA Contoh Dua", number_prefix="rsc", idle_minutes=15)
    unit_of_work(lambda: setup.edit_organisation(facts, version=1, by=by))
    here = organisation()
    assert here is not None
    assert (here.name, here.number_prefix, here.idle_minutes) == ("RSIA Contoh Dua", "RSC", 15)
    with pytest.raises(Conflict):
        unit_of_work(lambda: setup.edit_organisation(facts, version=1, by=by))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "pengaduan@rsia.co.id"),
        ("phone", "(0751) 555-0100 ext. 12"),
        ("phone", "0751-1234 / 0751-5678"),
        ("whatsapp", "+62 812-3456-0100"),
        ("emergency_phone", "119"),
        ("website", "https://rsia.co.id/pengaduan"),
    ],
)
def test_contacts_as_people_write_them(cast: Cast, field: str, value: str) -> None:
    facts = replace(OrganisationFacts(name="RSIA"), **{field: value})
    unit_of_work(lambda: setup.edit_organisation(facts, version=1, by=cast.actor("ayu")))
    here = organisation()
    assert here is not None
    assert getattr(here, field) == value


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " "),
        ("zone", "Mars/Olympus"),
        ("number_prefix", "K1"),
        ("idle_minutes", 2),
        ("reopen_days", 0),
        ("subtitle_id", "x" * 121),
        ("email", "x@y"),
        ("phone", "halo"),
        ("whatsapp", "12"),
        ("emergency_phone", "IGD"),
        ("website", "javascript:alert(1)"),
        ("website", "rsia.example.org"),
    ],
)
def test_the_organisation_is_refused(cast: Cast, field: str, value: object) -> None:
    by = cast.actor("ayu")
    facts = replace(OrganisationFacts(name="RSIA"), **{field: value})
    with pytest.raises(Invalid) as refusal:
        unit_of_work(lambda: setup.edit_organisation(facts, version=1, by=by))
    assert set(refusal.value.fields) == {field}
