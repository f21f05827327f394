"""WhatsApp: the number, whom we know there, templates, messages, conversations; how far a message got; whom to call."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

import helpdesk.lib.database

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

LONG_TEXT = (
    sa.Text().with_variant(mysql.MEDIUMTEXT(), "mariadb").with_variant(mysql.MEDIUMTEXT(), "mysql")
)


def upgrade() -> None:
    op.create_table(
        "whatsapp_contacts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("profile_name", sa.String(length=120), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("heard_at", helpdesk.lib.database.Moment(), nullable=True),
        sa.Column("window_until", helpdesk.lib.database.Moment(), nullable=True),
        sa.Column("created_at", helpdesk.lib.database.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_whatsapp_contacts")),
    )
    op.create_table(
        "whatsapp_lines",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("phone_number_id", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("display_number", sa.String(length=30), nullable=False),
        sa.Column("secret", LONG_TEXT, nullable=False),
        sa.Column("graph_url", sa.String(length=190), nullable=False),
        sa.Column("graph_version", sa.String(length=10), nullable=False),
        sa.Column("emergency_contact", sa.String(length=200), nullable=False),
        sa.Column("connections", sa.SmallInteger(), nullable=False),
        sa.Column("per_second", sa.SmallInteger(), nullable=False),
        sa.Column("unread_after_hours", sa.SmallInteger(), nullable=False),
        sa.Column("heard_at", helpdesk.lib.database.Moment(), nullable=True),
        sa.Column("refused_count", sa.Integer(), nullable=False),
        sa.Column("refused_at", helpdesk.lib.database.Moment(), nullable=True),
        sa.Column("error", sa.String(length=500), nullable=False),
        sa.Column("failing_since", helpdesk.lib.database.Moment(), nullable=True),
        sa.Column("quality", sa.String(length=20), nullable=False),
        sa.Column("quality_at", helpdesk.lib.database.Moment(), nullable=True),
        sa.Column("synced_at", helpdesk.lib.database.Moment(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("changed_at", helpdesk.lib.database.Moment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_whatsapp_lines")),
    )
    op.create_table(
        "whatsapp_templates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=190), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("category", sa.String(length=20), nullable=False),
        sa.Column("body", LONG_TEXT, nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("synced_at", helpdesk.lib.database.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_whatsapp_templates")),
        sa.UniqueConstraint("name", "language", name=op.f("uq_whatsapp_templates_name_language")),
    )
    with op.batch_alter_table("whatsapp_templates", schema=None) as table:
        table.create_index("ix_whatsapp_templates_event", ["event", "language"], unique=False)

    op.create_table(
        "whatsapp_identities",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("value", sa.String(length=160), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("created_at", helpdesk.lib.database.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["whatsapp_contacts.id"], name=op.f("fk_whatsapp_identities_contact_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_whatsapp_identities")),
        sa.UniqueConstraint("kind", "value", name=op.f("uq_whatsapp_identities_kind_value")),
    )
    with op.batch_alter_table("whatsapp_identities", schema=None) as table:
        table.create_index("ix_whatsapp_identities_contact", ["contact_id", "id"], unique=False)

    op.create_table(
        "conversations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=30), nullable=False),
        sa.Column("gathered", helpdesk.lib.database.Json(), nullable=False),
        sa.Column("misunderstood", sa.SmallInteger(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=True),
        sa.Column("heard_at", helpdesk.lib.database.Moment(), nullable=False),
        sa.Column("spoke_at", helpdesk.lib.database.Moment(), nullable=True),
        sa.Column("person_wanted_at", helpdesk.lib.database.Moment(), nullable=True),
        sa.Column("wanted_because", sa.String(length=20), nullable=False),
        sa.Column("silent_until", helpdesk.lib.database.Moment(), nullable=True),
        sa.Column("taken_by_id", sa.Integer(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=500), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("look_at", helpdesk.lib.database.Moment(), nullable=True),
        sa.Column("leased_until", helpdesk.lib.database.Moment(), nullable=True),
        sa.Column("lease_token", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["whatsapp_contacts.id"], name=op.f("fk_conversations_contact_id")
        ),
        sa.ForeignKeyConstraint(
            ["taken_by_id"], ["users.id"], name=op.f("fk_conversations_taken_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_conversations_ticket_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversations")),
        sa.UniqueConstraint("contact_id", name=op.f("uq_conversations_contact_id")),
    )
    with op.batch_alter_table("conversations", schema=None) as table:
        table.create_index("ix_conversations_due", ["look_at", "id"], unique=False)
        table.create_index(
            "ix_conversations_heard", ["person_wanted_at", "heard_at", "id"], unique=False
        )
        table.create_index("ix_conversations_wanted", ["person_wanted_at", "id"], unique=False)

    op.create_table(
        "whatsapp_messages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("provider_id", sa.String(length=255), nullable=False),
        sa.Column("inbox_id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("said_at", helpdesk.lib.database.Moment(), nullable=False),
        sa.Column("arrived_at", helpdesk.lib.database.Moment(), nullable=False),
        sa.Column("text", LONG_TEXT, nullable=False),
        sa.Column("facts", helpdesk.lib.database.Json(), nullable=False),
        sa.Column("reply_to", sa.String(length=64), nullable=True),
        sa.Column("media_id", sa.String(length=190), nullable=True),
        sa.Column("media_state", sa.String(length=10), nullable=False),
        sa.Column("media_attempts", sa.SmallInteger(), nullable=False),
        sa.Column("media_error", sa.String(length=200), nullable=False),
        sa.Column("media", helpdesk.lib.database.Json(), nullable=True),
        sa.Column("shown_digest", sa.String(length=64), nullable=True),
        sa.Column("original_digest", sa.String(length=64), nullable=True),
        sa.Column("transcript", LONG_TEXT, nullable=True),
        sa.Column("handled_at", helpdesk.lib.database.Moment(), nullable=True),
        sa.Column("fate", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=True),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("look_at", helpdesk.lib.database.Moment(), nullable=True),
        sa.Column("leased_until", helpdesk.lib.database.Moment(), nullable=True),
        sa.Column("lease_token", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["whatsapp_contacts.id"], name=op.f("fk_whatsapp_messages_contact_id")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["ticket_events.id"], name=op.f("fk_whatsapp_messages_event_id")
        ),
        sa.ForeignKeyConstraint(
            ["inbox_id"], ["inbox.id"], name=op.f("fk_whatsapp_messages_inbox_id")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_whatsapp_messages_ticket_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_whatsapp_messages")),
        sa.UniqueConstraint("reference", name=op.f("uq_whatsapp_messages_reference")),
    )
    with op.batch_alter_table("whatsapp_messages", schema=None) as table:
        table.create_index(
            "ix_whatsapp_messages_contact", ["contact_id", "said_at", "id"], unique=False
        )
        table.create_index("ix_whatsapp_messages_due", ["look_at", "id"], unique=False)
        table.create_index("ix_whatsapp_messages_inbox", ["inbox_id", "id"], unique=False)
        table.create_index("ix_whatsapp_messages_open", ["contact_id", "handled_at"], unique=False)
        table.create_index("ix_whatsapp_messages_ticket", ["ticket_id", "id"], unique=False)

    with op.batch_alter_table("outbox", schema=None) as table:
        table.add_column(sa.Column("choices", helpdesk.lib.database.Json(), nullable=True))
        table.add_column(sa.Column("sent_from", sa.String(length=40), nullable=True))
        table.add_column(
            sa.Column("sent_as", sa.String(length=12), server_default="", nullable=False)
        )
        table.add_column(sa.Column("delivered_at", helpdesk.lib.database.Moment(), nullable=True))
        table.add_column(sa.Column("read_at", helpdesk.lib.database.Moment(), nullable=True))
        table.add_column(sa.Column("check_at", helpdesk.lib.database.Moment(), nullable=True))
        table.create_index("ix_outbox_check", ["check_at", "id"], unique=False)
        table.create_index("ix_outbox_sent_from", ["sent_from", "sent_at"], unique=False)

    with op.batch_alter_table("tickets", schema=None) as table:
        table.add_column(sa.Column("call_wanted_at", helpdesk.lib.database.Moment(), nullable=True))
        table.create_index("ix_tickets_to_call", ["call_wanted_at", "id"], unique=False)
