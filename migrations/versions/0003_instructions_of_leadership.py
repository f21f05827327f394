"""Instructions (arahan) of leadership on a ticket, and the index by which it finds the newest comment."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from helpdesk.lib.database import LongText, Moment

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A word of leadership, whom it addresses, and what became of it."""
    op.create_table(
        "instructions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("text", LongText(), nullable=False),
        sa.Column("due_at", Moment(), nullable=True),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("given_at", Moment(), nullable=False),
        sa.Column("given_by_id", sa.Integer(), nullable=False),
        sa.Column("acknowledged_at", Moment(), nullable=True),
        sa.Column("acknowledged_by_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answer", LongText(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instructions")),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_instructions_{column}")
            )
            for column, table in (
                ("ticket_id", "tickets"),
                ("unit_id", "units"),
                ("given_by_id", "users"),
                ("acknowledged_by_id", "users"),
                ("answered_by_id", "users"),
            )
        ),
    )
    with op.batch_alter_table("instructions") as batch_op:
        batch_op.create_index("ix_instructions_open", ["is_open", "unit_id", "ticket_id"])
        batch_op.create_index("ix_instructions_given", ["given_by_id", "id"])
        batch_op.create_index("ix_instructions_ticket", ["ticket_id", "id"])
    with op.batch_alter_table("ratings") as batch_op:
        batch_op.create_index("ix_ratings_at", ["at"])
