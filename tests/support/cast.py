"""The cast: the same people in every story.

Sari and Dimas are at the customer-care desk, Ratih supervises it. Budi is an officer of Farmasi and Lestari heads it;
Tono works in Keuangan and must see nothing of Farmasi. Hanifah leads, Ayu administers, Joko only records at the
information desk. Wati complains; a stranger has no part in anything.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from flask.testing import FlaskClient

from helpdesk.accounts import signing_in
from helpdesk.accounts.actor import Actor
from helpdesk.accounts.organisation import Organisation
from helpdesk.accounts.passwords import hash_password
from helpdesk.accounts.roles import Role
from helpdesk.accounts.unit import Unit
from helpdesk.accounts.user import Grant, User
from helpdesk.catalogue.category import Category, Place
from helpdesk.intake.admission import Admitted, admit
from helpdesk.intake.submission import Submission
from helpdesk.lib import clock
from helpdesk.lib.database import db, unit_of_work
from helpdesk.sla.seed import seed_sla
from helpdesk.tickets import access
from helpdesk.tickets.states import Channel, Grade
from helpdesk.tickets.ticket import Ticket
from helpdesk.tickets.triage import Verdict, triage_ticket

T = TypeVar("T")
PASSWORD = "ikan bakar padang"
_hash: list[str] = []

PEOPLE: dict[str, tuple[str, list[tuple[Role, str]]]] = {
    "sari": ("Sari Dewi", [(Role.CARE, "")]),
    "dimas": ("Dimas Putra", [(Role.CARE, "")]),
    "ratih": ("Ratih Kusuma", [(Role.SUPERVISOR, "")]),
    "budi": ("Budi Santoso", [(Role.UNIT_OFFICER, "farmasi")]),
    "lestari": ("apt. Lestari", [(Role.UNIT_HEAD, "farmasi")]),
    "tono": ("Tono Wijaya", [(Role.UNIT_OFFICER, "keuangan")]),
    "hanifah": ("dr. Hanifah", [(Role.LEADERSHIP, "")]),
    "ayu": ("Ayu Lestari", [(Role.ADMIN, "")]),
    "joko": ("Joko Susilo", [(Role.INTAKE, "")]),
}
UNITS = {"farmasi": "Farmasi", "keuangan": "Keuangan", "keperawatan": "Keperawatan"}


@dataclass
class Cast:
    """Ids of everybody and everything; ask for actors and clients by first name."""

    user_ids: dict[str, int] = field(default_factory=dict)
    unit_ids: dict[str, int] = field(default_factory=dict)
    category_ids: dict[str, int] = field(default_factory=dict)
    place_ids: dict[str, int] = field(default_factory=dict)

    def actor(self, name: str) -> Actor:
        """The person as an actor, as the database knows them now."""
        return db.session.get_one(User, self.user_ids[name]).as_actor()

    def sign_in(self, client: FlaskClient, name: str) -> FlaskClient:
        """Sign *name* in as the door does, without its page: tests/web/test_account.py goes through that."""
        with client.application.test_request_context():  # as in a request of theirs
            token = signing_in.sign_in(name, PASSWORD, device="Werkzeug")
        with client.session_transaction() as cookie:
            cookie.clear()
            cookie["signed_in"] = token
        return client

    def complain(
        self, text: str = "Obat sirup habis, disuruh beli di luar.", **facts: Any
    ) -> Admitted:
        """Somebody complains through the web form."""
        facts = {"name": "Wati", "whatsapp": "0812-3456-0172", "channel": Channel.WEB, **facts}
        return unit_of_work(lambda: admit(Submission(text=text, **facts)))

    def ticket(self, number: str, by: str = "sari") -> Ticket:
        """A ticket as *by* sees it; raises NotFound when they do not."""
        return access.find_for(self.actor(by), number)

    def triage(
        self, number: str, grade: Grade = Grade.YELLOW, by: str = "sari", **facts: Any
    ) -> None:
        """Customer care triages."""
        verdict = Verdict(grade=grade, category_id=self.category_ids["obat"], **facts)
        self.act(by, number, lambda ticket, actor: triage_ticket(ticket, verdict, by=actor))

    def act(self, name: str, number: str, verb: Callable[[Ticket, Actor], T]) -> T:
        """Let *name* act on a ticket in one unit of work: fetch scoped, then one verb."""

        def unit() -> T:
            actor = self.actor(name)
            return verb(access.find_to_change(actor, number), actor)

        return unit_of_work(unit)


def assemble() -> Cast:
    """Set up the organisation and its people on an empty database, inside an application context."""
    seed: Callable[[], Cast] = _assemble
    if not _hash:
        _hash.append(hash_password(PASSWORD))
    return unit_of_work(seed)


def _assemble() -> Cast:
    cast, now = Cast(), clock.now()
    db.session.add(
        Organisation(
            id=1,
            name="RSIA Contoh",
            number_prefix="KLH",
            zone="Asia/Jakarta",
            city="Padang",
            created_at=now,
        )
    )
    seed_sla("Asia/Jakarta")
    for code, name in UNITS.items():
        unit = Unit(code=code, name_id=name, name_en=name, is_active=True)
        db.session.add(unit)
        db.session.flush()
        cast.unit_ids[code] = unit.id
    for username, (full_name, roles) in PEOPLE.items():
        user = User(
            username=username,
            full_name=full_name,
            password_hash=_hash[0],
            must_change_password=False,
            created_at=now,
        )
        user.grants = [
            Grant(role=role.value, unit_id=cast.unit_ids.get(unit)) for role, unit in roles
        ]
        db.session.add(user)
        db.session.flush()
        cast.user_ids[username] = user.id
    category = Category(
        code="obat",
        name_id="Obat dan farmasi",
        name_en="Medicines",
        usual_unit_id=cast.unit_ids["farmasi"],
    )
    place = Place(code="farmasi", name_id="Farmasi rawat jalan", name_en="Outpatient pharmacy")
    place.unit_id = cast.unit_ids["farmasi"]
    db.session.add_all([category, place])
    db.session.flush()
    cast.category_ids["obat"], cast.place_ids["farmasi"] = category.id, place.id
    return cast
