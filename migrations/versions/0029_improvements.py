"""The improvement register: what was promised to improve, by whom and by when, and the tickets that it came from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from helpdesk.lib.database import Json, LongText, Moment

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "improvements",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("title", sa.String(160), nullable=False),
        sa.Column("plan", LongText(), nullable=False),
        sa.Column("category_id", sa.Integer(), sa.ForeignKey("categories.id"), nullable=False),
        sa.Column("about_unit_id", sa.Integer(), sa.ForeignKey("units.id"), nullable=False),
        sa.Column("unit_id", sa.Integer(), sa.ForeignKey("units.id"), nullable=False),
        sa.Column("pic_id", sa.Integer(), sa.ForeignKey("users.id"), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(14), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("outcome", LongText(), nullable=False),
        sa.Column("effect", LongText(), nullable=False),
        sa.Column("begun_at", Moment(), nullable=False),
        sa.Column("look_at", Moment(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    op.create_index("ix_improvements_due", "improvements", ["state", "due_on", "id"])
    op.create_index("ix_improvements_ended", "improvements", ["state", "ended_on", "id"])
    op.create_index("ix_improvements_look", "improvements", ["look_at", "id"])
    op.create_table(
        "improvement_tickets",
        sa.Column("improvement_id", sa.Integer(), sa.ForeignKey("improvements.id")),
        sa.Column("ticket_id", sa.Integer(), sa.ForeignKey("tickets.id")),
        sa.PrimaryKeyConstraint("improvement_id", "ticket_id"),
    )
    op.create_index("ix_improvement_tickets_ticket", "improvement_tickets", ["ticket_id"])
    op.create_table(
        "improvement_events",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("improvement_id", sa.Integer(), sa.ForeignKey("improvements.id"), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("actor_id", sa.Integer(), sa.ForeignKey("users.id"), nullable=True),
        sa.Column("actor_label", sa.String(120), nullable=False),
        sa.Column("text", LongText(), nullable=False),
        sa.Column("details", Json(), nullable=False),
    )
    op.create_index("ix_improvement_events_of", "improvement_events", ["improvement_id", "id"])
