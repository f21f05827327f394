"""Through which mail server the demo's email goes, and whom the simulator offers."""

from __future__ import annotations

from dataclasses import replace

from helpdesk.accounts.actor import Actor
from helpdesk.demo import correspondence
from helpdesk.demo.cast import CAST
from helpdesk.demo.correspondence import reachable_people, send_through
from helpdesk.lib.database import db, unit_of_work
from helpdesk.messaging import relay
from helpdesk.messaging.mail_relay import MailRelay
from helpdesk.messaging.relay import RelaySettings
from tests.support.cast import Cast


def found() -> MailRelay:
    db.session.rollback()
    return db.session.get_one(MailRelay, relay.RELAY_ID, populate_existing=True)


def test_the_port_is_refreshed_at_each_start(cast: Cast) -> None:
    unit_of_work(lambda: send_through(2525))
    assert (found().host, found().port, found().version) == ("127.0.0.1", 2525, 1)
    assert correspondence.is_sent_through_this_machine()
    unit_of_work(lambda: send_through(2525))
    assert found().version == 1
    unit_of_work(lambda: send_through(2626))
    assert (found().port, found().version) == (2626, 2)


def test_a_relay_that_somebody_set_up_is_left_alone(cast: Cast) -> None:
    unit_of_work(lambda: send_through(2525))
    row = found()
    known = {name: getattr(row, name) for name in RelaySettings.__dataclass_fields__}
    theirs = replace(RelaySettings(**known), host="smtp.rs.example", security="tls", port=465)
    unit_of_work(
        lambda: relay.set_up_relay(
            theirs, secret=None, seen_version=row.version, by=Actor.system("test")
        )
    )
    unit_of_work(lambda: send_through(2626))
    assert (found().host, found().port) == ("smtp.rs.example", 465)
    assert not correspondence.is_sent_through_this_machine()


def test_who_has_complained_is_no_newcomer_any_more(cast: Cast) -> None:
    before = reachable_people()
    assert [one.name for one in before if one.is_staff] == [one.full_name for one in CAST]
    newcomer = before[0]
    cast.complain("Obat habis.", name="Rahayu", whatsapp="", email=newcomer.address)
    after = reachable_people()
    assert [one.address for one in after].count(newcomer.address) == 1
    assert after[0].about != newcomer.about
