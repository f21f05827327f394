"""Writes ``lived_at_0001.json.gz``: a small house as the product itself filled it at the first schema.

It was run once, in a checkout of the last commit whose models are those of revision 0001, because
only that program can write what it wrote:

    git worktree add /tmp/then 66064ea && cp tests/migrations/lived_at_0001.py /tmp/then/tests/
    cd /tmp/then && python -m tests.lived_at_0001 lived_at_0001.json.gz

Every table has rows, made by the verbs, the pages and the worker of that time.
"""

from __future__ import annotations

import base64
import gzip
import json
import sys
import tempfile
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import flask_migrate
from flask import Flask
from sqlalchemy import MetaData, select, text

from helpdesk import worker
from helpdesk.app import create_app
from helpdesk.intake import kept_files
from helpdesk.letters import shelf
from helpdesk.lib import heartbeats
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.storage import get_storage
from helpdesk.messaging import templates
from helpdesk.sla.models import Calendar, UnitCalendar
from helpdesk.tickets import closing, papers
from helpdesk.tickets.ticket import Ticket
from tests.browser.conftest import House
from tests.browser.gallery import Gallery
from tests.support.cast import Cast, assemble
from tests.support.databases import settings_for
from tests.support.files import photograph


def main(target: Path) -> None:
    """Live, and write down every row and every file."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(settings_for(f"sqlite:///{folder}/then.db", Path(folder) / "instance"))
        with app.app_context():
            flask_migrate.upgrade(revision="0001")
            house = House(SimpleNamespace(app=app), assemble())  # type: ignore[arg-type]
        gallery = Gallery(house).hang()
        with app.app_context():
            _finish(app, house.cast, gallery)
        _visit(app, house.cast)
        with app.app_context():
            lived = {"tables": _rows(), "files": _files(), "places": gallery.places}
    target.write_bytes(gzip.compress(json.dumps(lived, default=_plain).encode(), mtime=0))
    empty = [name for name, rows in lived["tables"].items() if not rows]
    sys.stdout.write(f"{sum(map(len, lived['tables'].values()))} rows; empty: {empty}\n")


def _finish(app: Flask, cast: Cast, gallery: Gallery) -> None:
    """What the gallery does not show: papers, words, keys, sessions, the worker."""
    number = str(gallery.places["closed"])
    for job in worker.JOBS:
        worker.run_job(app, job)
    unit_of_work(lambda: heartbeats.take_slot("monthly summary", "2026-10"))
    unit_of_work(
        lambda: closing.rate_handling(
            cast.ticket(number), 4, "Cepat.", by=_complainant(cast.ticket(number))
        )
    )
    unit_of_work(
        lambda: papers.issue_receipt_of(
            cast.ticket(number), say=lambda value, _kind: str(value), by=cast.actor("sari")
        )
    )
    shelf.keep_pending()
    unit_of_work(lambda: kept_files.keep("form-1", "session-1", [photograph("navy")]))
    unit_of_work(lambda: templates.reword("received", "id", _wording(), by_id=cast.user_ids["ayu"]))
    unit_of_work(lambda: db.session.add(_own_hours(cast)))


def _complainant(ticket: Ticket) -> Any:
    from helpdesk.accounts.actor import Actor

    return Actor.complainant(ticket.id, "Wati")


def _wording() -> str:
    words = templates.wording("received", "id")
    return f"Subject: {words.subject}\n\n{words.body}\nTerima kasih atas kesabaran Anda.\n"


def _own_hours(cast: Cast) -> UnitCalendar:
    always = db.session.scalars(select(Calendar.id).where(~Calendar.is_default)).first()
    return UnitCalendar(unit_id=cast.unit_ids["keperawatan"], calendar_id=always)


def _visit(app: Flask, cast: Cast) -> None:
    """Somebody signs in, and somebody complains on the page: sessions, rate hits, keys of forms, the audit trail."""
    cast.sign_in(app.test_client(), "sari")
    ayu = cast.sign_in(app.test_client(), "ayu")
    visitor = app.test_client()
    app.config["WTF_CSRF_ENABLED"] = False
    for name in ("Gizi", "Laboratorium", "Radiologi"):
        ayu.post("/admin/unit/baru", data={"name_id": name, "code": name.lower()})
    fields = {"kind": "complaint", "text": "AC ruang tunggu mati.", "wish": "biasa", "consent": "y"}
    answer = visitor.post("/keluhan", data={**fields, "once": "0001-" + "k" * 27})
    assert answer.status_code == 302, answer.get_data(as_text=True)[:3000]
    app.config["WTF_CSRF_ENABLED"] = True


def _rows() -> dict[str, list[dict[str, Any]]]:
    tables = MetaData()
    with db.engine.connect() as connection:
        tables.reflect(
            connection, only=lambda name, _: not name.startswith(("ticket_search", "alembic"))
        )
        found = {
            table.name: [dict(row._mapping) for row in connection.execute(select(table))]
            for table in tables.sorted_tables
        }
        search = text("SELECT rowid AS ticket_id, care_words, unit_words FROM ticket_search")
        found["ticket_search"] = [dict(row._mapping) for row in connection.execute(search)]
    return found


def _files() -> dict[str, str]:
    storage = get_storage()
    kept = sorted(file.name for file in storage.root.glob("??/??/*"))  # type: ignore[attr-defined]
    return {digest: base64.b64encode(storage.path(digest).read_bytes()).decode() for digest in kept}


def _plain(value: object) -> str:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    raise TypeError(type(value))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
