"""Merged tickets, suggestion-box batches."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from helpdesk.lib.database import Moment

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Into which ticket another was merged, the words that find its like, and requests for a lost link."""
    _point_to_the_leading_ticket()
    _keep_stems()
    _keep_link_requests()


def _point_to_the_leading_ticket() -> None:
    leading = sa.ForeignKey("tickets.id", name=op.f("fk_tickets_merged_into_id"))
    op.add_column(
        "tickets",
        sa.Column("merged_into_id", sa.Integer(), leading, nullable=True),
        # SQLite cannot add a constraint later, short of copying the whole table
        inline_references=op.get_bind().dialect.name == "sqlite",
    )
    op.create_index("ix_tickets_merged", "tickets", ["merged_into_id"])
    op.create_index("ix_tickets_place", "tickets", ["place_id", "id"])


def _keep_stems() -> None:
    op.create_table(
        "ticket_stems",
        sa.Column("stem_hash", sa.String(length=16), nullable=False),
        sa.Column("ticket_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("stem_hash", "ticket_id", name=op.f("pk_ticket_stems")),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_stems_ticket_id")
        ),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_ticket_stems_ticket", "ticket_stems", ["ticket_id"])


def _keep_link_requests() -> None:
    op.create_table(
        "link_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number_year", sa.SmallInteger(), nullable=False),
        sa.Column("number_seq", sa.Integer(), nullable=False),
        sa.Column("contact_hash", sa.String(length=64), nullable=False),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_requests")),
    )
