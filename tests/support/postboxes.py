"""One mailbox from both sides: as the server keeps it, and as we know it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import select, update

from helpdesk.intake import inbox, mailboxes
from helpdesk.intake.fetching import fetch_mailbox
from helpdesk.intake.inbound import Inbound
from helpdesk.intake.mailbox import Mailbox
from helpdesk.intake.mailboxes import MailboxTerms, Password, Secret
from helpdesk.lib import clock
from helpdesk.lib.database import db, unit_of_work
from tests.support.cast import Cast
from tests.support.dovecot import PASSWORD, Maildir, PrivateDovecot


def letter(words: str) -> bytes:
    """A small message."""
    return (
        f"From: Wati <wati@example.org>\r\nTo: pengaduan@rs.example\r\nSubject: {words}\r\n"
        f"Message-ID: <{words.replace(' ', '-')}@example.org>\r\n\r\n{words}\r\n"
    ).encode()


@dataclass
class Postbox:
    """*on_server* is the store, *row_id* our mailbox; *cast* has the administrator who added it."""

    cast: Cast
    on_server: Maildir
    row_id: int

    @classmethod
    def added(
        cls,
        cast: Cast,
        server: PrivateDovecot,
        secret: Secret | None = None,
        **terms: object,
    ) -> Postbox:
        """Let Ayu add a mailbox of the *server*."""
        maildir = server.mailbox()
        written = replace(
            MailboxTerms(
                address=maildir.username,
                host="localhost",
                port=server.tls_port,
                username=maildir.username,
            ),
            **terms,  # type: ignore[arg-type]
        )
        row = unit_of_work(
            lambda: mailboxes.add_mailbox(
                written, secret or Password(PASSWORD), by=cast.actor("ayu")
            )
        )
        return cls(cast, maildir, row.id)

    @property
    def row(self) -> Mailbox:
        """Our mailbox as it stands in the database now."""
        db.session.rollback()
        return db.session.get_one(Mailbox, self.row_id, populate_existing=True)

    def fetch(self) -> int:
        """Look into it now, whenever its turn would be; how many new messages came."""
        self.come_due()
        return fetch_mailbox(self.row_id)

    def come_due(self) -> None:
        """Let its turn be now."""
        now = update(Mailbox).where(Mailbox.id == self.row_id).values(look_at=clock.now())
        unit_of_work(lambda: db.session.execute(now))

    def change(self, *, secret: Secret | None = None, **terms: object) -> Mailbox:
        """Let Ayu change what is written about it."""
        row = self.row
        if secret is None and terms.keys() & {"host", "username"}:
            secret = Password(PASSWORD)
        known = {name: getattr(row, name) for name in MailboxTerms.__dataclass_fields__}
        return unit_of_work(
            lambda: mailboxes.change_mailbox(
                self.row_id,
                MailboxTerms(**{**known, **terms}),
                secret=secret,
                version=row.version,
                by=self.cast.actor("ayu"),
            )
        )

    def fails_since(self, minutes: float) -> None:
        """Let the trouble that is there have begun *minutes* ago."""
        began = clock.now() - timedelta(minutes=minutes)
        change = update(Mailbox).where(Mailbox.id == self.row_id).values(failing_since=began)
        unit_of_work(lambda: db.session.execute(change))

    def arrived(self) -> list[bytes]:
        """The bytes of everything that came through it, in order."""
        db.session.rollback()
        rows = select(Inbound).where(Inbound.mailbox_id == self.row_id).order_by(Inbound.id)
        return [inbox.raw_of(row) for row in db.session.scalars(rows)]
