"""Mailboxes, the inbox, the relay, threads, canned texts; letters of staff in the outbox; addresses that bounce."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

import helpdesk.lib.database

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

LONG_TEXT = (
    sa.Text().with_variant(mysql.MEDIUMTEXT(), "mariadb").with_variant(mysql.MEDIUMTEXT(), "mysql")
)


def upgrade() -> None:
    op.create_table(
        "canned_texts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("text", LONG_TEXT, nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("changed_at", helpdesk.lib.database.Moment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_canned_texts")),
        sa.UniqueConstraint("language", "name", name=op.f("uq_canned_texts_language_name")),
    )
    op.create_table(
        "mail_references",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("message_id", LONG_TEXT, nullable=False),
        sa.Column("mail_subject", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=190), nullable=False),
        sa.Column("subject_kind", sa.String(length=30), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("created_at", helpdesk.lib.database.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_references")),
        sa.UniqueConstraint(
            "reference",
            "subject_kind",
            "subject_id",
            name=op.f("uq_mail_references_reference_subject_kind_subject_id"),
        ),
    )
    with op.batch_alter_table("mail_references", schema=None) as table:
        table.create_index(
            "ix_mail_references_thread",
            ["subject_kind", "subject_id", "address", "id"],
            unique=False,
        )

    op.create_table(
        "mail_relays",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("from_address", sa.String(length=190), nullable=False),
        sa.Column("from_name", sa.String(length=120), nullable=False),
        sa.Column("reply_to", sa.String(length=190), nullable=False),
        sa.Column("takes_tags", sa.Boolean(), nullable=False),
        sa.Column("host", sa.String(length=190), nullable=False),
        sa.Column("port", sa.Integer(), nullable=False),
        sa.Column("security", sa.String(length=10), nullable=False),
        sa.Column("username", sa.String(length=190), nullable=False),
        sa.Column("login", sa.String(length=10), nullable=False),
        sa.Column("secret", LONG_TEXT, nullable=False),
        sa.Column("connections", sa.SmallInteger(), nullable=False),
        sa.Column("per_minute", sa.Integer(), nullable=False),
        sa.Column("per_address_and_day", sa.Integer(), nullable=False),
        sa.Column("per_ticket_and_hour", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("changed_at", helpdesk.lib.database.Moment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_relays")),
    )
    op.create_table(
        "mailboxes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=190), nullable=False),
        sa.Column("host", sa.String(length=190), nullable=False),
        sa.Column("port", sa.Integer(), nullable=False),
        sa.Column("security", sa.String(length=10), nullable=False),
        sa.Column("username", sa.String(length=190), nullable=False),
        sa.Column("login", sa.String(length=10), nullable=False),
        sa.Column("secret", LONG_TEXT, nullable=False),
        sa.Column("folder", sa.String(length=120), nullable=False),
        sa.Column("move_to", sa.String(length=120), nullable=False),
        sa.Column("authserv_id", sa.String(length=190), nullable=False),
        sa.Column("alert_after_minutes", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("fetched_at", helpdesk.lib.database.Moment(), nullable=True),
        sa.Column("error", sa.String(length=500), nullable=False),
        sa.Column("failing_since", helpdesk.lib.database.Moment(), nullable=True),
        sa.Column("alerted_at", helpdesk.lib.database.Moment(), nullable=True),
        sa.Column("created_at", helpdesk.lib.database.Moment(), nullable=False),
        sa.Column("uid_validity", sa.BigInteger(), nullable=True),
        sa.Column("read_up_to", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("look_at", helpdesk.lib.database.Moment(), nullable=True),
        sa.Column("leased_until", helpdesk.lib.database.Moment(), nullable=True),
        sa.Column("lease_token", sa.String(length=36), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailboxes")),
        sa.UniqueConstraint("address", name=op.f("uq_mailboxes_address")),
    )
    op.create_table(
        "mail_routes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=190), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["category_id"], ["categories.id"], name=op.f("fk_mail_routes_category_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_mail_routes_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_routes")),
        sa.UniqueConstraint("address", name=op.f("uq_mail_routes_address")),
    )
    op.create_table(
        "inbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("key", sa.String(length=190), nullable=False),
        sa.Column("mailbox_id", sa.Integer(), nullable=True),
        sa.Column("raw_digest", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("arrived_at", helpdesk.lib.database.Moment(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=500), nullable=False),
        sa.Column("fate", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=True),
        sa.Column("body_digest", sa.String(length=64), nullable=True),
        sa.Column("sender", sa.String(length=190), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=True),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("settled_at", helpdesk.lib.database.Moment(), nullable=True),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.Column("look_at", helpdesk.lib.database.Moment(), nullable=True),
        sa.Column("leased_until", helpdesk.lib.database.Moment(), nullable=True),
        sa.Column("lease_token", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["ticket_events.id"], name=op.f("fk_inbox_event_id")),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailboxes.id"], name=op.f("fk_inbox_mailbox_id")),
        sa.ForeignKeyConstraint(
            ["settled_by_id"], ["users.id"], name=op.f("fk_inbox_settled_by_id")
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_inbox_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
        sa.UniqueConstraint("channel", "key", name=op.f("uq_inbox_channel_key")),
    )
    with op.batch_alter_table("inbox", schema=None) as table:
        table.create_index("ix_inbox_due", ["look_at", "id"], unique=False)
        table.create_index("ix_inbox_fate", ["fate", "id"], unique=False)
        table.create_index("ix_inbox_reference", ["reference"], unique=False)
        table.create_index("ix_inbox_raw_digest", ["raw_digest"], unique=False)
        table.create_index("ix_inbox_ticket", ["ticket_id", "id"], unique=False)

    with op.batch_alter_table("identifiers", schema=None) as table:
        table.add_column(
            sa.Column("undeliverable_at", helpdesk.lib.database.Moment(), nullable=True)
        )
        table.add_column(
            sa.Column(
                "undeliverable_reason", sa.String(length=200), server_default="", nullable=False
            )
        )

    with op.batch_alter_table("outbox", schema=None) as table:
        table.add_column(sa.Column("text", LONG_TEXT, nullable=True))
        table.add_column(sa.Column("enclosures", helpdesk.lib.database.Json(), nullable=True))
        table.add_column(sa.Column("cc", helpdesk.lib.database.Json(), nullable=True))
        table.add_column(sa.Column("sent_digest", sa.String(length=64), nullable=True))
        table.create_index("ix_outbox_address", ["channel", "address", "sent_at"], unique=False)
