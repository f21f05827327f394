"""Personal data of a complaint can be deleted: when it ended, whether it is held, and what became of its files."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import helpdesk.lib.database

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = helpdesk.lib.database.Moment()
    op.create_table(
        "erased_files",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("erased_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_erased_files")),
    )
    op.add_column("organisation", sa.Column("keep_years", sa.SmallInteger(), nullable=True))
    op.add_column("organisation", sa.Column("keep_years_from", moment, nullable=True))
    op.add_column("tickets", sa.Column("ended_at", moment, nullable=True))
    op.add_column("tickets", sa.Column("erased_at", moment, nullable=True))
    op.add_column(
        "tickets", sa.Column("is_held", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    _note_ends()
    op.create_index("ix_tickets_kept", "tickets", ["erased_at", "is_held", "ended_at", "id"])


def _note_ends() -> None:
    """Of what is neither open nor watched by a clock: when it was closed, else when the last of its ends was noted."""
    op.execute(
        "UPDATE tickets SET ended_at = COALESCE(closed_at, (SELECT MAX(ticket_events.at) FROM ticket_events "
        "WHERE ticket_events.ticket_id = tickets.id AND ticket_events.kind IN ('exit', 'merge', 'news')), recorded_at) "
        "WHERE is_open = 0 AND NOT EXISTS (SELECT 1 FROM sla_clocks "
        "WHERE sla_clocks.ticket_id = tickets.id AND sla_clocks.stopped_at IS NULL)"
    )
