"""Numbered summaries with the figures they were built from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from helpdesk.lib.database import Json, Moment

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema one step forward."""
    op.create_table(
        "summaries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number_year", sa.SmallInteger(), nullable=False),
        sa.Column("number_seq", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("progress", sa.SmallInteger(), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("error", sa.String(length=300), nullable=False),
        sa.Column("facts", Json(), nullable=True),
        sa.Column("pdf_digest", sa.String(length=64), nullable=True),
        sa.Column("xlsx_digest", sa.String(length=64), nullable=True),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("made_by_label", sa.String(length=120), nullable=False),
        sa.Column("scheduled_for", sa.String(length=8), nullable=True),
        sa.Column("look_at", Moment(), nullable=True),
        sa.Column("leased_until", Moment(), nullable=True),
        sa.Column("lease_token", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_summaries_unit_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["users.id"], name=op.f("fk_summaries_made_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_summaries")),
        sa.UniqueConstraint(
            "number_year", "number_seq", name=op.f("uq_summaries_number_year_number_seq")
        ),
        sa.UniqueConstraint("scheduled_for", name=op.f("uq_summaries_scheduled_for")),
    )
    with op.batch_alter_table("summaries") as batch:
        batch.create_index("ix_summaries_due", ["look_at", "id"], unique=False)
    op.create_table(
        "summary_settings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("compiler_name", sa.String(length=120), nullable=False),
        sa.Column("compiler_position", sa.String(length=120), nullable=False),
        sa.Column("compiler_id_number", sa.String(length=40), nullable=False),
        sa.Column("is_monthly", sa.Boolean(), nullable=False),
        sa.Column("day", sa.SmallInteger(), nullable=False),
        sa.Column("hour", sa.SmallInteger(), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_summary_settings")),
    )
    op.create_table(
        "summary_readers",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_summary_readers_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_summary_readers")),
    )
