"""``flask simulator``: telephones and mailboxes in the browser for the demo, on PORT+1."""

from __future__ import annotations

import logging
import signal
import threading
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import click
from flask import Flask
from flask.cli import with_appcontext

from config import ROOT, Settings
from helpdesk.accounts.organisation import house_name, local_zone
from helpdesk.cli.house_command import HouseCommand
from helpdesk.cli.up import bind_host
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.settings import current_settings

if TYPE_CHECKING:
    from helpdesk.simulator.store import MailStore
    from helpdesk.simulator.whatsapp.telephones import Telephones


@click.command("simulator", cls=HouseCommand)
@with_appcontext
def simulator_command() -> None:
    """Play the demo's mail server and its WhatsApp until Ctrl-C. Needs DEMO=1; ``flask up`` starts it by itself."""
    from helpdesk.cli.telephones import open_telephones
    from helpdesk.demo.correspondence import send_through
    from helpdesk.simulator.post_office import PostOffice
    from helpdesk.simulator.store import MailStore

    settings = current_settings()
    _refuse_without_demo(settings)
    store = MailStore(mails_path(settings))
    telephones, delivery = open_telephones(settings)
    app = _simulator(settings, store, telephones)
    office = PostOffice(store)
    smtp_port = office.start()
    unit_of_work(lambda: send_through(smtp_port))
    db.session.remove()
    db.engine.dispose()  # from here on this process needs no database
    delivery.start()
    try:
        _serve(app, bind_host(settings), settings.port + 1)
    finally:
        delivery.stop()
        office.stop()


def mails_path(settings: Settings) -> Path:
    """Where the simulator keeps its mails: beside the demo's database, and never in a backup."""
    return settings.instance_path / "simulator" / "mails.db"


def _refuse_without_demo(settings: Settings) -> None:
    from helpdesk.demo.marks import is_loaded

    if not settings.demo or not is_loaded():
        raise click.ClickException("The simulator belongs to the demo. Run: DEMO=1 flask up")


def _simulator(settings: Settings, store: MailStore, telephones: Telephones) -> Flask:
    from helpdesk.demo.correspondence import ADDRESS, reachable_people
    from helpdesk.simulator.handing import hand_over_at
    from helpdesk.simulator.pages import Correspondent, Stage, create_simulator

    people = [
        Correspondent(one.name, one.address, one.about, one.is_staff) for one in reachable_people()
    ]
    return create_simulator(
        Stage(
            house=house_name(),
            address=ADDRESS,
            zone=local_zone(),
            port=settings.port,
            people=people,
            store=store,
            hand_over=hand_over_at(ROOT),
            telephones=telephones,
        )
    )


def _serve(app: Flask, host: str, port: int) -> None:
    """Answer browsers until somebody asks to stop; werkzeug's own server, as this is never for production."""
    from werkzeug.serving import make_server

    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = make_server(host, port, app, threaded=True)

    def stop(_signal: int, _frame: FrameType | None) -> None:
        threading.Thread(target=server.shutdown).start()  # it waits for the loop in this thread

    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, stop)
    server.serve_forever()
