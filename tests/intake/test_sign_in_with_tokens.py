"""XOAUTH2 against Dovecot and a sign-in service of our own: renewed, kept while good, never shown."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine

from helpdesk.intake.mailboxes import problem_of, secret_of
from helpdesk.lib import clock
from helpdesk.lib.clients.access_tokens import Grant, access_token
from helpdesk.lib.clients.faults import Trouble, WireFault
from tests.support.cast import Cast
from tests.support.dovecot import PrivateDovecot
from tests.support.postboxes import Postbox, letter
from tests.support.sign_in_service import SignInService

ONE, TWO = letter("Obat habis"), letter("Antre lama")
Boxed = Callable[[], Postbox]


@pytest.fixture
def service(dovecot: PrivateDovecot) -> SignInService:
    return dovecot.sign_in_service


@pytest.fixture
def box(cast: Cast, dovecot: PrivateDovecot, service: SignInService) -> Postbox:
    """A mailbox to which somebody has given us the permission."""
    made = Postbox.added(cast, dovecot, grant_of(service), login="xoauth2")
    service.username = made.on_server.username
    return made


def grant_of(service: SignInService) -> Grant:
    return Grant(service.token_url, "tanggap", "rahasia-klien", service.refresh_token)


def test_a_token_opens_the_mailbox_and_is_kept(box: Postbox, service: SignInService) -> None:
    box.on_server.deliver(ONE)
    assert box.fetch() == 1
    box.on_server.deliver(TWO)
    assert box.fetch() == 1
    assert service.renewals == 1


def test_it_is_renewed_before_it_expires(box: Postbox, service: SignInService) -> None:
    began = clock.now()
    with time_machine.travel(began, tick=False) as traveller:
        box.fetch()
        traveller.move_to(began + timedelta(minutes=57))
        box.fetch()
        assert service.renewals == 1
        traveller.move_to(began + timedelta(minutes=59))
        box.fetch()
    assert service.renewals == 2


def test_a_token_that_was_revoked_is_replaced(box: Postbox, service: SignInService) -> None:
    box.fetch()
    service.good_tokens.clear()
    box.on_server.deliver(ONE)
    assert box.fetch() == 0
    assert box.row.error.startswith(Trouble.SIGN_IN)
    assert box.fetch() == 1
    assert service.renewals == 2


def test_a_permission_that_was_taken_back_is_told_without_it(
    box: Postbox, service: SignInService, caplog: pytest.LogCaptureFixture
) -> None:
    taken = service.refresh_token
    service.refresh_token = "another"
    with caplog.at_level(logging.DEBUG):
        assert box.fetch() == 0
    assert box.row.error == "token invalid_grant: the token ••• was revoked"
    assert "Berikan izinnya sekali lagi" in problem_of(box.row)
    assert taken not in caplog.text


def test_a_refresh_token_that_changes_is_kept(box: Postbox, service: SignInService) -> None:
    service.rotates = True
    began = clock.now()
    with time_machine.travel(began, tick=False) as traveller:
        box.fetch()
        assert secret_of(box.row) == grant_of(service)
        box.fetch()
        assert service.renewals == 1, "the token is found again under the new permission"
        traveller.move_to(began + timedelta(hours=2))
        box.on_server.deliver(ONE)
        assert box.fetch() == 1
    assert service.renewals == 2


def test_a_silent_or_absent_service_is_named(box: Postbox, silent_port: int) -> None:
    grant = Grant("http://127.0.0.1:9/token", "tanggap", "rahasia-klien", "izin")
    box.change(secret=grant)
    box.fetch()
    assert box.row.error == "token 127.0.0.1: refused"


@pytest.mark.parametrize("url", ["http://login.example/token", "ftp://login.example", "", "token"])
def test_a_permission_travels_encrypted_or_not_at_all(url: str) -> None:
    with pytest.raises(WireFault, match="https"):
        access_token(Grant(url, "tanggap", "rahasia-klien", "izin"))


def test_nothing_secret_is_printed(service: SignInService) -> None:
    grant = grant_of(service)
    token = access_token(grant)
    shown = repr(grant) + repr(token)
    for secret in (grant.client_secret, grant.refresh_token, token.text):
        assert secret not in shown
