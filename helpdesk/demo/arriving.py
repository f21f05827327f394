"""How a complaint reaches the hospital and is typed in."""

from __future__ import annotations

import random
from typing import Any

from helpdesk.accounts.actor import Actor
from helpdesk.demo.cast import CARE, INTAKE, holders
from helpdesk.demo.life import Life
from helpdesk.demo.planning import Plan
from helpdesk.intake.admission import admit
from helpdesk.intake.submission import Submission
from helpdesk.tickets.states import Channel


def arrive(life: Life) -> None:
    """Open the ticket; what can be solved at the counter often is."""
    plan, person, recorder = life.plan, life.plan.person, _recorder(life)
    is_solved = bool(plan.sample.solved) and recorder is not None and life.happens(0.6)
    # Of what was forwarded nobody stands at the counter
    is_solved = is_solved and plan.origin is None
    submission = Submission(
        text=plan.text,
        channel=plan.origin or plan.channel,
        origin_number=_number_there(plan),
        kind=plan.sample.kind,
        language=plan.sample.language,
        title=plan.words.dated(plan.sample.title) if is_solved else "",
        wish=plan.wish,
        name=person.name if person else "",
        address=person.address if person and plan.channel is Channel.LETTER else "",
        place_id=life.hospital.place_ids.get(plan.place),
        happened_on=plan.words.happened_on,
        happened_text=plan.words.slots["jam_malam" if plan.sample.is_by_night else "jam"],
        has_consented=plan.channel is Channel.WEB,
        received_at=plan.received_at,
        late_reason=plan.late_reason,
        recorded_by_id=recorder.user_id if recorder else None,
        files=[life.files[name] for name in plan.pictures],
        key=plan.key,
        solution=plan.words.fill(plan.sample.solved) if is_solved else "",
        grade=plan.sample.grade if is_solved else None,
        category_id=life.hospital.category_ids[plan.sample.category] if is_solved else None,
        **_way_back(life),
        **_affected(life),
    )
    life.ticket = admit(submission, by=recorder).ticket


def _number_there(plan: Plan) -> str:
    """What it is called in the system it was forwarded from: as nothing is ever called there."""
    serial = random.Random(f"{plan.origin}/{plan.received_at}").randrange(1000, 10_000)
    match plan.origin:
        case Channel.LAPOR | Channel.BPJS:
            return f"000{serial}"
        case Channel.AGENCY:
            return f"440/{serial}/Dinkes/0000"
    return ""


def _recorder(life: Life) -> Actor | None:
    """Who types it: nobody for the web, the information desk or customer care for the rest."""
    if life.plan.channel is Channel.WEB:
        return None
    if life.plan.recorder:
        return life.staff(life.plan.recorder)
    at_the_desk = life.plan.channel in (Channel.COUNTER, Channel.PHONE)
    roles = (INTAKE, INTAKE, CARE) if at_the_desk else (CARE,)
    return life.staff(life.draw.choice(holders(life.draw.choice(roles))))


def _way_back(life: Life) -> dict[str, Any]:
    """How the person can be reached: most leave a WhatsApp number, some at the counter have no telephone at all."""
    person, chance = life.plan.person, life.draw.random()
    if person is None:
        return {}
    whatsapp, email = {"whatsapp": person.phone}, {"email": person.email}
    phone = {"phone": person.phone}
    match life.plan.channel:
        case Channel.WHATSAPP:
            return whatsapp
        case Channel.EMAIL:
            return email
        case Channel.PHONE | Channel.LETTER:
            return phone
        case Channel.WEB:
            return whatsapp if chance < 0.75 else email if chance < 0.95 else {}
        case Channel.COUNTER:
            return whatsapp if chance < 0.4 else phone if chance < 0.8 else {}
    return {}


def _affected(life: Life) -> dict[str, Any]:
    if life.plan.person is None or not life.happens(0.3):
        return {}
    slots = life.plan.words.slots
    relation = life.draw.choice(("anak", "anak", "istri", "ibu"))
    return {
        "affected_name": slots["nama"] if relation == "anak" else slots["inisial"],
        "affected_relation": relation,
        "affected_record": slots["rm"],
    }
