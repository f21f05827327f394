"""The program and its database belong together, or nothing starts; one sentence says what to do."""

from __future__ import annotations

from collections.abc import Callable

import flask_migrate
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from config import Settings
from helpdesk.lib.database import db
from helpdesk.lib.schema import EXIT_CODE, Fit, OtherSchema, refuse_other_schema, schema_state
from tests.support.forked import Program, run_to_end
from tests.support.live import SERVING, environment_of

WITHIN = 60.0
SERVER = ("gunicorn", *SERVING, "--bind", "127.0.0.1:0", "wsgi:app")
WORKER = ("flask", "--app", "wsgi", "work")


def set_revision(app: Flask, revision: str) -> None:
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :r"), {"r": revision})


def older(app: Flask) -> None:
    set_revision(app, "0001")


def newer(app: Flask) -> None:
    set_revision(app, "9999")


@pytest.fixture
def put_back(app: Flask) -> object:
    """The next test finds the revision as it was."""
    with app.app_context():
        revision = schema_state().revision
    yield
    set_revision(app, revision)


def test_a_migrated_database_fits(app: Flask) -> None:
    with app.app_context():
        assert schema_state().fit is Fit.SAME
    refuse_other_schema(app)


@pytest.mark.usefixtures("put_back")
@pytest.mark.parametrize(
    ("change", "fit", "advice"),
    [
        (older, Fit.OLDER, "(0001) is older than this program"),
        (newer, Fit.NEWER, "install the newer program again"),
    ],
)
def test_another_one_is_told_apart(
    app: Flask, client: FlaskClient, change: Callable[[Flask], None], fit: Fit, advice: str
) -> None:
    change(app)
    with app.app_context():
        assert schema_state().fit is fit
    with pytest.raises(OtherSchema, match=advice.replace("(", r"\(").replace(")", r"\)")):
        refuse_other_schema(app)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json is not None
    assert advice in answer.json["schema"]
    assert client.get("/healthz").status_code == 200, "the process lives"


@pytest.mark.usefixtures("put_back")
@pytest.mark.parametrize("program", [SERVER, WORKER], ids=["web", "worker"])
@pytest.mark.parametrize("change", [older, newer])
def test_web_and_worker_refuse_to_start(
    app: Flask, settings: Settings, program: tuple[str, ...], change: Callable[[Flask], None]
) -> None:
    change(app)
    ended = run_to_end(Program(program[0], program[1:], environment_of(settings)), WITHIN)
    assert ended.returncode == EXIT_CODE, ended.stderr
    (said,) = {line for line in ended.stderr.splitlines() if line.startswith("The schema")}
    assert "than this program" in said
    assert "Traceback" not in ended.stderr


@pytest.mark.usefixtures("put_back")
@pytest.mark.engines("sqlite")
def test_make_run_never_migrates_a_real_house_behind_its_back(
    app: Flask, settings: Settings
) -> None:
    older(app)
    environment = environment_of(settings) | {"PORT": "0"}
    ended = run_to_end(Program("flask", ("--app", "wsgi", "up"), environment), WITHIN)
    assert ended.returncode == 1
    assert "stop web and worker and run `make upgrade`" in ended.stderr


@pytest.mark.engines("sqlite")
def test_upgrading_a_newer_database_changes_nothing(app: Flask) -> None:
    newer(app)
    answer = app.test_cli_runner().invoke(args=["upgrade"])
    assert answer.exit_code == 1
    assert "install the newer program again" in answer.output
    assert app.test_cli_runner().invoke(args=["check", "all"]).exit_code == 1


@pytest.mark.engines("sqlite")
@pytest.mark.usefixtures("put_back")
def test_a_migration_that_stops_names_the_way_back(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    older(app)

    def stops() -> None:
        db.session.execute(text("INSERT INTO nowhere VALUES ('Rina Oktavia')"))

    monkeypatch.setattr(flask_migrate, "upgrade", stops)
    answer = app.test_cli_runner().invoke(args=["upgrade"])
    assert answer.exit_code == 1
    assert "The migration stopped: no such table: nowhere" in answer.output
    assert "Do not start web and worker." in answer.output
    assert "restore the backup" in answer.output
    assert "before-upgrade-from-" in answer.output.partition("stopped")[2]
    assert "Rina" not in answer.output


@pytest.mark.engines("sqlite")
def test_a_database_that_is_away_is_no_other_schema(tmp_path: object) -> None:
    from helpdesk.app import create_app
    from tests.support.databases import settings_for

    url = "mysql+pymysql://nobody:x@127.0.0.1:9/nothing"
    away = create_app(settings_for(url, tmp_path))  # type: ignore[arg-type]
    refuse_other_schema(away)
    answer = away.test_client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["database"] == "The database does not answer."
