"""What an administrator writes about a mailbox: checked, sealed, noted in the trail, shown without its secret."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from helpdesk.audit.trail import AuditEntry
from helpdesk.intake import mailboxes
from helpdesk.intake.mailbox import Mailbox
from helpdesk.intake.mailboxes import MailboxTerms, Password, Secret
from helpdesk.lib import clock
from helpdesk.lib.clients.access_tokens import Grant
from helpdesk.lib.clients.faults import SENTENCES, Trouble, in_words
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.errors import Conflict, Invalid, NotFound
from helpdesk.messaging import wordbook
from tests.support.cast import Cast

TERMS = MailboxTerms("Pengaduan@RS.example ", "Mail.rs.example", "pengaduan")
SECRET = Password("kata sandi yang panjang")
GRANT = Grant("https://login.example/token", "tanggap", "rahasia", "izin")
Add = Callable[..., Mailbox]


@pytest.fixture
def add(cast: Cast) -> Add:
    def made(terms: MailboxTerms = TERMS, secret: Secret = SECRET) -> Mailbox:
        by = cast.actor("ayu")
        return unit_of_work(lambda: mailboxes.add_mailbox(terms, secret, by=by))

    return made


def change(cast: Cast, row: Mailbox, secret: Secret | None = None, **terms: Any) -> Mailbox:
    wanted, by = replace(TERMS, **terms), cast.actor("ayu")
    return unit_of_work(
        lambda: mailboxes.change_mailbox(row.id, wanted, secret=secret, version=row.version, by=by)
    )


def noted() -> list[AuditEntry]:
    db.session.rollback()
    about = select(AuditEntry).where(AuditEntry.subject_kind == "mailbox")
    return list(db.session.scalars(about.order_by(AuditEntry.id)))


def test_it_is_fetched_from_the_moment_it_is_added(add: Add) -> None:
    row = add()
    assert (row.address, row.host) == ("pengaduan@rs.example", "mail.rs.example")
    assert row.look_at is not None
    assert row.look_at <= clock.now()
    assert mailboxes.secret_of(row) == SECRET


def test_the_secret_is_in_no_trail(add: Add, cast: Cast) -> None:
    row = add()
    change(cast, row, Password("kata sandi lain"))
    change(cast, mailboxes.find_mailbox(row.id), folder="Pengaduan")
    entries = noted()
    assert [entry.act for entry in entries] == ["mailbox_added", "mailbox_edited", "mailbox_edited"]
    assert [entry.details.get("secret_replaced") for entry in entries] == [None, True, False]
    assert "kata sandi" not in str([entry.details for entry in entries])
    assert mailboxes.secret_of(mailboxes.find_mailbox(row.id)) == Password("kata sandi lain")


def test_a_sealed_secret_opens_for_its_own_mailbox_alone(add: Add) -> None:
    one, other = add(), add(replace(TERMS, address="lain@rs.example"))
    one.secret = other.secret
    with pytest.raises(Exception, match="secret"):
        mailboxes.secret_of(one)
    db.session.rollback()


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("address", "pengaduan"),
        ("host", " "),
        ("username", ""),
        ("username", "a\r\nA1 DELETE INBOX"),
        ("folder", "IN\nBOX"),
        ("port", 0),
        ("port", 70000),
        ("security", "ssl"),
        ("security", "none"),
        ("login", "cram"),
        ("alert_after_minutes", 0),
        ("move_to", "inbox"),
    ],
)
def test_what_cannot_be_used_is_refused(add: Add, field: str, said: object) -> None:
    with pytest.raises(Invalid) as caught:
        add(replace(TERMS, **{field: said}))
    assert field in caught.value.fields


def test_an_address_is_fetched_once(add: Add) -> None:
    add()
    with pytest.raises(Invalid) as caught:
        add()
    assert "address" in caught.value.fields


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1", "[::1]"])
def test_without_encryption_only_this_machine_may_be_read(add: Add, host: str) -> None:
    assert add(replace(TERMS, host=host, security="none")).security == "none"


@pytest.mark.parametrize(
    ("login", "secret"),
    [
        ("password", Password("")),
        ("password", GRANT),
        ("xoauth2", SECRET),
        ("xoauth2", replace(GRANT, refresh_token="")),
    ],
)
def test_the_secret_fits_the_way_to_sign_in(add: Add, login: str, secret: Secret) -> None:
    with pytest.raises(Invalid):
        add(replace(TERMS, login=login), secret)


@pytest.mark.parametrize(
    "terms", [{"login": "xoauth2"}, {"host": "mail.penyerang.example"}, {"username": "lain"}]
)
def test_a_stored_secret_goes_nowhere_else(add: Add, cast: Cast, terms: dict[str, str]) -> None:
    row = add()
    with pytest.raises(Invalid) as caught:
        change(cast, row, **terms)
    assert "password" in caught.value.fields


def test_another_way_to_sign_in_takes_another_secret(add: Add, cast: Cast) -> None:
    row = add()
    changed = change(cast, mailboxes.find_mailbox(row.id), GRANT, login="xoauth2")
    assert mailboxes.secret_of(changed) == GRANT


def test_the_loser_of_two_edits_is_told(add: Add, cast: Cast) -> None:
    row = add()
    version, by = row.version, cast.actor("ayu")
    change(cast, row, folder="Pengaduan")
    with pytest.raises(Conflict):
        unit_of_work(
            lambda: mailboxes.change_mailbox(row.id, TERMS, secret=None, version=version, by=by)
        )


@pytest.mark.parametrize(
    ("terms", "begins_anew", "reaches_back"),
    [
        ({"alert_after_minutes": 5}, False, True),
        ({"host": "imap.rs.example"}, True, True),
        ({"folder": "Pengaduan"}, True, False),
        ({"username": "lain"}, True, False),
    ],
)
def test_another_store_of_messages_is_begun_anew(
    add: Add, cast: Cast, terms: dict[str, Any], begins_anew: bool, reaches_back: bool
) -> None:
    row = add()

    def fetched() -> None:
        found = mailboxes.find_mailbox(row.id)
        found.uid_validity, found.read_up_to, found.fetched_at = 7, 40, clock.now()

    unit_of_work(fetched)
    changed = change(cast, mailboxes.find_mailbox(row.id), SECRET, **terms)
    assert (changed.uid_validity is None) is begins_anew
    assert (changed.fetched_at is not None) is reaches_back


def test_switched_off_and_on(add: Add, cast: Cast) -> None:
    row, by = add(), cast.actor("ayu")

    def fail() -> None:
        found = mailboxes.find_mailbox(row.id)
        found.error, found.failing_since = "sign_in [AUTHENTICATIONFAILED]", clock.now()

    unit_of_work(fail)
    (state,) = mailboxes.health_of_mailboxes()
    assert not state.is_well
    assert "mail.rs.example menolak" in state.problem
    off = unit_of_work(lambda: mailboxes.deactivate_mailbox(row.id, by=by))
    assert (off.is_active, off.look_at, off.failing_since) == (False, None, None)
    assert mailboxes.health_of_mailboxes()[0].is_well
    on = unit_of_work(lambda: mailboxes.reactivate_mailbox(row.id, by=by))
    assert on.look_at is not None
    with pytest.raises(NotFound):
        mailboxes.find_mailbox(row.id + 1)


@pytest.mark.parametrize("trouble", Trouble)
def test_every_trouble_has_its_words(cast: Cast, trouble: Trouble) -> None:
    said = in_words(trouble, host="mail.rs.example", port=993, detail="NO [100%] sorry")
    assert said
    assert "%(" not in said
    assert set(SENTENCES) == set(Trouble)
    for language in ("id", "en"):
        assert f"trouble.{trouble}" in wordbook.words_of(language)
    assert in_words("unheard-of", host="", port=0) == in_words("unexpected", host="", port=0)
